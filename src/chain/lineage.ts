// The backups that a restore of one backup needs, in the order they are applied.

import { ClonectlError } from '../errors.ts'
import { type Backup, byBeginTime } from './backup.ts'
import type { BackupId } from './backup-id.ts'
import { linkProblems } from './link.ts'

/**
 * The full, then each increment up to `tip`. Throws CHAIN_BROKEN naming the first link that is
 * missing or does not fit.
 */
export const lineageOf = (tip: Backup, backups: readonly Backup[]): readonly Backup[] => {
  const byId = new Map<BackupId, Backup>(backups.map((backup) => [backup.id, backup]))
  const lineage: Backup[] = [tip]
  for (let current = tip; current.type === 'increment';) {
    const base = baseOf(current, byId)
    requireLink(current, base)
    lineage.unshift(base)
    current = base
  }
  return lineage
}

const baseOf = (increment: Backup, byId: ReadonlyMap<BackupId, Backup>): Backup => {
  const base = increment.base === undefined ? undefined : byId.get(increment.base)
  // A base is always older: this also ends the walk should manifests name each other in a circle.
  if (base !== undefined && byBeginTime(base, increment) < 0) return base
  throw new ClonectlError(
    'CHAIN_BROKEN',
    `${increment.id} was made on ${increment.base ?? '(nothing recorded)'}, which is not among the sealed backups`,
    {
      hint: 'clonectl chain list shows what can be restored; choose one with --backup',
      details: { backup: increment.id, base: increment.base },
    },
  )
}

const requireLink = (increment: Backup, base: Backup): void => {
  const [problem] = linkProblems(increment, base)
  if (problem === undefined) return
  throw new ClonectlError('CHAIN_BROKEN', `${increment.id}: ${problem.message}`, {
    hint: 'clonectl chain list shows what can be restored; choose one with --backup',
    details: { backup: increment.id, base: base.id, problem: problem.code },
  })
}
