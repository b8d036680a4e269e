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
   * What it is applied on: the full that stands for the base on record, or else that base, or where that
   * is lost the latest that does as well. Undefined for a full.
   */
  readonly base: BackupId | undefined
  /** What else it could be applied on, oldest first: in its chain, and the base on record. */
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
  /** Merged fulls by the id of what they stand for. */
  readonly standIns: Map<BackupId, Member>
}

const startJudgement = (): Judgement => ({
  members: new Map(),
  chainOf: new Map(),
  chains: new Map(),
  orphans: [],
  usable: [],
  standIns: new Map(),
})

/** Judges oldest first, so that a base is judged before what was made on it. */
const judge = (backup: Backup, judgement: Judgement): void => {
  const { base, problems } = findBase(backup, judgement)
  const chain = chainFor(backup, base, judgement)
  const alsoOn = problems.length > 0 ? [] : otherBases(backup, base, chain, judgement)
  const member: Member = { backup, base, alsoOn, problems }
  judgement.members.set(backup.id, member)
  if (backup.standsFor !== undefined) judgement.standIns.set(backup.standsFor, member)
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

const otherBases = (
  backup: Backup,
  base: BackupId | undefined,
  chain: GrowingChain | undefined,
  { members }: Judgement,
): readonly BackupId[] => {
  const recorded = backup.base === base ? undefined : members.get(backup.base ?? '')
  // Where a full stands for the base on record, that base lies in another chain, and does as well.
  const elsewhere = recorded?.problems.length === 0 ? [recorded.backup.id] : []
  // The base itself may be among those looked at; more would make a long chain slow.
  const latest = chain?.usable.slice(-ALTERNATIVES_LOOKED_AT - 1) ?? []
  const others = latest.filter(({ id }) => id !== base)
  return [...elsewhere, ...alternativesOf(backup, others).map(({ id }) => id)]
}

type Verdict = Pick<Member, 'base' | 'problems'>

const findBase = (backup: Backup, { members, usable, standIns }: Judgement): Verdict => {
  if (backup.type === 'full') return { base: undefined, problems: [] }
  const recorded = members.get(backup.base ?? '')
  // What stands for the base holds the same, and needs nothing below it.
  const base = standIns.get(backup.base ?? '') ?? recorded
  // A link that does not hold says that this backup is not what its manifest tells: no other base helps.
  if (base?.problems.length === 0)
    return { base: base.backup.id, problems: linkProblems(backup, base.backup) }
  const other = latestAlternative(backup, usable)
  if (other !== undefined) return { base: other.id, problems: [] }
  return { base: backup.base, problems: [lostBase(backup, recorded)] }
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
