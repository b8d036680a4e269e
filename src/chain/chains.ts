// Links sealed backups into chains: a full and every increment that descends from it. The same
// backups in any order give the same chains.

import { type Backup, byBeginTime } from './backup.ts'
import type { BackupId } from './backup-id.ts'
import { linkProblems } from './link.ts'
import type { Problem } from './problem.ts'

/** A backup in its chain. With problems it cannot be restored, and nothing that sits on it can. */
export interface Member {
  readonly backup: Backup
  readonly problems: readonly Problem[]
}

export interface Chain {
  readonly full: Backup
  /** The full first, then its increments, oldest first. */
  readonly members: readonly Member[]
}

export interface Chains {
  /** Oldest full first. */
  readonly chains: readonly Chain[]
  /** Increments without a full below them. */
  readonly orphans: readonly Member[]
}

/** Builds the chains of one repository. */
export const buildChains = (backups: readonly Backup[]): Chains => {
  const ordered = [...backups].sort(byBeginTime)
  const members = judgeAll(ordered)
  const rootOf = rootFinder(ordered)
  const chains = ordered
    .filter((backup) => backup.type === 'full')
    .map((full) => ({ full, members: members.filter((m) => rootOf(m.backup) === full.id) }))
  return { chains, orphans: members.filter((m) => rootOf(m.backup) === undefined) }
}

/** Judges oldest first, so that a base is judged before what was made on it. */
const judgeAll = (ordered: readonly Backup[]): readonly Member[] => {
  const judged = new Map<BackupId, Member>()
  for (const backup of ordered) judged.set(backup.id, { backup, problems: judge(backup, judged) })
  return [...judged.values()]
}

const judge = (backup: Backup, judged: ReadonlyMap<BackupId, Member>): readonly Problem[] => {
  if (backup.type === 'full') return []
  const base = backup.base === undefined ? undefined : judged.get(backup.base)
  if (base === undefined) {
    const message = `its base ${backup.base ?? '(none recorded)'} is not among the older sealed backups`
    return [{ code: 'BASE_MISSING', message }]
  }
  if (base.problems.length > 0) {
    return [{ code: 'BASE_BROKEN', message: `its base ${base.backup.id} cannot be restored` }]
  }
  return linkProblems(backup, base.backup)
}

const rootFinder = (ordered: readonly Backup[]): ((backup: Backup) => BackupId | undefined) => {
  const roots = new Map<BackupId, BackupId | undefined>()
  for (const backup of ordered) {
    const inherited = backup.base === undefined ? undefined : roots.get(backup.base)
    roots.set(backup.id, backup.type === 'full' ? backup.id : inherited)
  }
  return (backup) => roots.get(backup.id)
}

/** Backups that can be restored: sealed, and every one below them too. */
export const usableBackups = ({ chains }: Chains): readonly Backup[] =>
  chains
    .flatMap((chain) => chain.members)
    .filter((member) => member.problems.length === 0)
    .map((member) => member.backup)
    .sort(byBeginTime)
