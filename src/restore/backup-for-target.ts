// The backup that a recovery begins with: the newest that ends before the target, for it has the least to replay.

import type { Backup } from '../chain/backup.ts'
import { findBackup } from '../chain/find-backup.ts'
import { newestBackupBefore } from '../chain/recovery-window.ts'
import { ClonectlError } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Coordinates } from '../repository/manifest.ts'
import { readManifest } from '../repository/manifest-file.ts'
import type { HeldState } from './replay/same-history.ts'
import { describeTarget, type RecoveryTarget } from './target.ts'
import { isBehind } from './replay/target-ahead.ts'

/** Chooses among the restorable. Throws TARGET_UNREACHABLE, BACKUP_UNKNOWN when there are none. */
export const backupForTarget = async (
  layout: RepositoryLayout,
  usable: readonly Backup[],
  target: RecoveryTarget,
): Promise<Backup> => {
  if (target.kind === 'time') return newestBackupBefore(target.time, usable)
  if (target.kind === 'end') return findBackup('latest', usable)
  const newestFirst = usable.toSorted((a, b) => b.endTime.getTime() - a.endTime.getTime())
  // A backup ends somewhere between the two; surely before the target is better than perhaps.
  for (const bound of ['after', 'before'] as const) {
    for (const backup of newestFirst) {
      const state = heldAt((await readManifest(layout.backup(backup.id)))?.[bound])
      if (state !== undefined && !isBehind(target, state)) return backup
    }
  }
  throw new ClonectlError(
    'TARGET_UNREACHABLE',
    `no usable backup ends before the target (${describeTarget(target)})`,
    { hint: 'what can be restored: clonectl chain show' },
  )
}

/** Undefined when the donor wrote no binlog. */
const heldAt = (at: Coordinates | undefined): HeldState | undefined =>
  at === undefined || at.binlogFile === null
    ? undefined
    : {
        file: at.binlogFile,
        position: Number(at.binlogPosition ?? 0),
        gtidExecuted: at.gtidExecuted,
      }
