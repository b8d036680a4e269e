// What an adopted increment sits on. Its files do not say what it was made on; the LSNs prove what
// it can be applied on, which is all that a restore needs.

import { latestAlternative } from '../chain/alternatives.ts'
import { type Backup, byBeginTime } from '../chain/backup.ts'
import { buildChains, usableBackups } from '../chain/chains.ts'
import { findBackup } from '../chain/find-backup.ts'
import { linkProblems } from '../chain/link.ts'
import { ClonectlError } from '../errors.ts'

/**
 * The base for `increment`: the one that `reference` names, or the latest that fits. Throws
 * BACKUP_UNKNOWN, or BASE_UNUSABLE saying which LSNs were looked for.
 */
export const adoptiveBase = (
  increment: Backup,
  backups: readonly Backup[],
  reference: string | undefined,
): Backup => {
  const usable = usableBackups(buildChains(backups))
  if (reference !== undefined) return requireFit(increment, findBackup(reference, usable))
  const older = usable.filter((backup) => byBeginTime(backup, increment) < 0)
  const base = latestAlternative(increment, older)
  if (base !== undefined) return base
  const { serverUuid, startLsn, endLsn } = increment
  throw unusable(
    `no backup fits below it: one of server ${serverUuid} was looked for with a page-track LSN of ${startLsn} or more and an end LSN of ${endLsn} or less`,
  )
}

const requireFit = (increment: Backup, base: Backup): Backup => {
  const problems = linkProblems(increment, base).map(({ message }) => message)
  if (base.engine !== increment.engine)
    problems.push(`${base.id} was made by the engine ${base.engine}`)
  if (byBeginTime(base, increment) >= 0) problems.push(`${base.id} was begun later`)
  if (problems.length === 0) return base
  throw unusable(`it does not fit on ${base.id}: ${problems.join('; ')}`)
}

const unusable = (reason: string): ClonectlError =>
  new ClonectlError('BASE_UNUSABLE', `the increment cannot be adopted, ${reason}`, {
    hint: 'adopt what it was made on first; clonectl chain show --history tells the order',
    details: { reason },
  })

/** Times in history and files differ by rounding. */
const SAME_TIME_MS = 1

/** Throws USAGE when the repository holds this very clone. */
export const requireNew = (clone: Backup, backups: readonly Backup[]): void => {
  const same = backups.find(
    (backup) =>
      backup.type === clone.type &&
      backup.startLsn === clone.startLsn &&
      backup.pageTrackLsn === clone.pageTrackLsn &&
      backup.endLsn === clone.endLsn &&
      Math.abs(backup.beginTime.getTime() - clone.beginTime.getTime()) <= SAME_TIME_MS,
  )
  if (same === undefined) return
  throw new ClonectlError('USAGE', `this clone is in the repository already, as ${same.id}`, {
    hint: 'clonectl chain show shows it',
    details: { backup: same.id },
  })
}
