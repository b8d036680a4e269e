// Links sealed backups into chains: a full and every increment that descends from it. The same
// backups in any order give the same chains.

import { ALTERNATIVES_LOOKED_AT, alternativesOf, latestAlternative } from './alternatives.ts'
import { type Backup, byBeginTime } from './backup.ts'
import type { BackupId } from './backup-id.ts'
import { linkProblems } from './link.ts'
import type { Problem } from './problem.ts'

/** A backup in its chain. With problems it cannot be restored, and nothing that sits on it can. */
export interface Member {
  /** As it was sealed; `backup.base` is the base on record. */
  readonly backup: Backup
  /**
   * What it is applied on: the base on record, or where that is lost the latest that does as well.
   * Undefined for a full.
   */
  readonly base: BackupId | undefined
  /** What else in its chain it could be applied on, oldest first. */
  readonly alsoOn: readonly BackupId[]
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
  const judgement = startJudgement()
  for (const backup of [...backups].sort(byBeginTime)) judge(backup, judgement)
  const { chains, orphans } = judgement
  return { chains: [...chains.values()], orphans }
}

interface GrowingChain extends Chain {
  readonly members: Member[]
  /** Members that can be restored. */
  readonly usable: Backup[]
}

interface Judgement {
  readonly members: Map<BackupId, Member>
  /** By the id of each member. */
  readonly chainOf: Map<BackupId, GrowingChain>
  /** By the id of the full. */
  readonly chains: Map<BackupId, GrowingChain>
  readonly orphans: Member[]
  /** All that can be restored. */
  readonly usable: Backup[]
}

const startJudgement = (): Judgement => ({
  members: new Map(),
  chainOf: new Map(),
  chains: new Map(),
  orphans: [],
  usable: [],
})

/** Judges oldest first, so that a base is judged before what was made on it. */
const judge = (backup: Backup, judgement: Judgement): void => {
  const { base, problems } = findBase(backup, judgement)
  const chain = chainFor(backup, base, judgement)
  // The base itself may be among those looked at; more would make a long chain slow.
  const latest = chain?.usable.slice(-ALTERNATIVES_LOOKED_AT - 1) ?? []
  const others = latest.filter(({ id }) => id !== base)
  const alsoOn = problems.length > 0 ? [] : alternativesOf(backup, others).map(({ id }) => id)
  const member: Member = { backup, base, alsoOn, problems }
  judgement.members.set(backup.id, member)
  if (chain === undefined) judgement.orphans.push(member)
  else {
    chain.members.push(member)
    judgement.chainOf.set(backup.id, chain)
    if (problems.length === 0) chain.usable.push(backup)
  }
  if (problems.length === 0) judgement.usable.push(backup)
}

const chainFor = (
  backup: Backup,
  base: BackupId | undefined,
  { chains, chainOf }: Judgement,
): GrowingChain | undefined => {
  if (backup.type !== 'full') return base === undefined ? undefined : chainOf.get(base)
  const chain: GrowingChain = { full: backup, members: [], usable: [] }
  chains.set(backup.id, chain)
  return chain
}

type Verdict = Pick<Member, 'base' | 'problems'>

const findBase = (backup: Backup, { members, usable }: Judgement): Verdict => {
  if (backup.type === 'full') return { base: undefined, problems: [] }
  const base = backup.base === undefined ? undefined : members.get(backup.base)
  // A link that does not hold says that this backup is not what its manifest tells: no other base helps.
  if (base?.problems.length === 0)
    return { base: backup.base, problems: linkProblems(backup, base.backup) }
  const other = latestAlternative(backup, usable)
  if (other !== undefined) return { base: other.id, problems: [] }
  return { base: backup.base, problems: [lostBase(backup, base)] }
}

const lostBase = (backup: Backup, base: Member | undefined): Problem =>
  base === undefined
    ? {
        code: 'BASE_MISSING',
        message: `its base ${backup.base ?? '(none recorded)'} is not among the older sealed backups`,
      }
    : { code: 'BASE_BROKEN', message: `its base ${base.backup.id} cannot be restored` }

/**
 * Backups that can be restored: sealed, and every one below them too. Each names as its base what it
 * is applied on, whatever is on record.
 */
export const usableBackups = ({ chains }: Chains): readonly Backup[] =>
  chains
    .flatMap((chain) => chain.members)
    .filter((member) => member.problems.length === 0)
    .map(({ backup, base }) => (backup.base === base ? backup : { ...backup, base }))
    .sort(byBeginTime)
