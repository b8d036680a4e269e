// What stays besides what the rules name, so that chains stay whole: everything that something kept sits
// on, and what cannot be restored, because only its chain's end or the user's word takes it away.

import type { BackupId } from './backup-id.ts'
import type { Chains, Member } from './chains.ts'
import type { KeepReason } from './retention-policy.ts'
import { isUsable } from './server-backups.ts'

/** Why each kept backup stays. */
export type Reasons = Map<BackupId, KeepReason[]>

/** Adds a reason to those a backup has. */
export const addReason = (reasons: Reasons, id: BackupId, reason: KeepReason): void => {
  const told = reasons.get(id)
  if (told === undefined) reasons.set(id, [reason])
  else told.push(reason)
}

/**
 * Keeps what kept ones sit on. `members` are all there are, oldest first: seen from the newest on, what
 * is kept for another's sake keeps its own base in turn.
 */
export const keepBases = (members: readonly Member[], reasons: Reasons): void => {
  const known = new Set(members.map(({ backup }) => backup.id))
  const neededBy = new Map<BackupId, BackupId>()
  for (const { backup, base } of [...members].reverse()) {
    const hasToStay = base !== undefined && known.has(base) && reasons.has(backup.id)
    if (!hasToStay || reasons.has(base)) continue
    const cause = neededBy.get(backup.id) ?? backup.id
    neededBy.set(base, cause)
    addReason(reasons, base, { rule: 'NEEDED', message: `is needed by ${cause}` })
  }
}

/** Keeps what is broken: in chains whose full stays, and increments without a chain. */
export const keepBroken = ({ chains, orphans }: Chains, reasons: Reasons): void => {
  const inChains = chains
    .filter(({ full }) => reasons.has(full.id))
    .flatMap(({ members }) => members.filter((member) => !isUsable(member)))
  for (const { backup } of [...inChains, ...orphans])
    addReason(reasons, backup.id, {
      rule: 'BROKEN',
      message: 'cannot be restored; it goes with its chain, or with --include-broken',
    })
}

/** Keeps what is broken where nothing else is left: perhaps a copy can mend it. */
export const keepLastOfServers = ({ chains, orphans }: Chains, reasons: Reasons): void => {
  const served = new Set(chains.map(({ full }) => full.serverUuid))
  for (const { backup } of orphans.filter((orphan) => !served.has(orphan.backup.serverUuid)))
    addReason(reasons, backup.id, {
      rule: 'LAST_OF_SERVER',
      message: 'cannot be restored, but its server has no other backups',
    })
}
