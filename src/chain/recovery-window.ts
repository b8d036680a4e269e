// Which times can be reached, and from which backup.

import { ClonectlError } from '../errors.ts'
import type { Backup } from './backup.ts'

/** Both ends can be reached themselves. */
export interface RecoveryWindow {
  readonly from: Date
  readonly to: Date
}

/**
 * The times that `usable` backups and binlogs up to `binlogsEnd` can reach; undefined without a
 * backup. Without binlogs only the ends of backups can be reached, and `to` is the last of them.
 */
export const recoveryWindow = (
  usable: readonly Backup[],
  binlogsEnd: Date | undefined,
): RecoveryWindow | undefined => {
  const ends = usable.map((backup) => backup.endTime.getTime())
  if (ends.length === 0) return undefined
  const last = Math.max(...ends, binlogsEnd?.getTime() ?? 0)
  return { from: new Date(Math.min(...ends)), to: new Date(last) }
}

/**
 * The newest usable backup that ended at or before the target: the least to replay. Throws
 * TARGET_UNREACHABLE with the window when every backup ended later.
 */
export const newestBackupBefore = (target: Date, usable: readonly Backup[]): Backup => {
  const candidates = usable.filter((backup) => backup.endTime <= target)
  const newest = candidates.reduce<Backup | undefined>(
    (best, backup) => (best === undefined || backup.endTime >= best.endTime ? backup : best),
    undefined,
  )
  if (newest !== undefined) return newest
  const earliest = recoveryWindow(usable, undefined)?.from
  throw new ClonectlError(
    'TARGET_UNREACHABLE',
    `${target.toISOString()} lies before the end of the oldest usable backup` +
      (earliest === undefined ? ': there is none' : ` (${earliest.toISOString()})`),
    {
      hint:
        earliest === undefined
          ? 'take a backup first: clonectl full'
          : `the earliest time that can be reached: --to-time ${earliest.toISOString()}`,
      details: { target: target.toISOString(), from: earliest?.toISOString() },
    },
  )
}
