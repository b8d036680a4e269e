// Which backups go and which stay, and why. Whatever stays keeps everything it sits on, so nothing is
// cut and nothing is orphaned; whatever no rule names and nothing needs goes.

import type { BackupId } from './backup-id.ts'
import type { Chains, Member } from './chains.ts'
import { namedByRules } from './keep-rules.ts'
import { addReason, keepBases, keepBroken, keepLastOfServers, type Reasons } from './keep-whole.ts'
import { type ExpireReason, reasonToGo } from './reason-to-go.ts'
import type { KeepReason, RetentionInput, RetentionPolicy } from './retention-policy.ts'
import { backupsByServer, isUsable, type ServerBackups, sortedMembers } from './server-backups.ts'
import { outlookOf, type ServerOutlook } from './server-outlook.ts'

export interface KeptBackup {
  readonly member: Member
  /** At least one. */
  readonly reasons: readonly KeepReason[]
  /** Those that sit on it directly. */
  readonly dependants: readonly BackupId[]
}

export interface ExpiredBackup {
  readonly member: Member
  readonly why: ExpireReason
  /** Those that sit on it directly; all of them go. */
  readonly dependants: readonly BackupId[]
}

export interface ExpiryPlan {
  /** Oldest first. */
  readonly kept: readonly KeptBackup[]
  /** Newest first: gone in this order, they leave whole chains behind wherever it stops. */
  readonly expired: readonly ExpiredBackup[]
  readonly servers: readonly ServerOutlook[]
}

/** Plans. It needs no server and no clock: the window's start is in the policy. */
export const planExpiry = (input: RetentionInput, policy: RetentionPolicy): ExpiryPlan => {
  const members = sortedMembers(input.chains)
  const servers = backupsByServer(input)
  const reasons = reasonsToStay(members, servers, input, policy)
  const dependants = dependantsOf(members)
  const staying = brokenThatLoseNoChain(input.chains, reasons)
  const kept: KeptBackup[] = []
  const expired: ExpiredBackup[] = []
  for (const member of members) {
    const { id } = member.backup
    const own = reasons.get(id)
    const above = dependants.get(id) ?? []
    if (own === undefined) {
      const why = reasonToGo(member, policy, staying.has(id))
      expired.push({ member, why, dependants: above })
    } else kept.push({ member, reasons: own, dependants: above })
  }
  return {
    kept,
    expired: expired.reverse(),
    servers: servers.map((server) => outlook(server, reasons)),
  }
}

const reasonsToStay = (
  members: readonly Member[],
  servers: readonly ServerBackups[],
  { chains, held }: RetentionInput,
  policy: RetentionPolicy,
): Reasons => {
  const reasons: Reasons = new Map()
  for (const server of servers)
    for (const { id, reason } of namedByRules(server, policy)) addReason(reasons, id, reason)
  for (const { backup } of members) {
    const hold = held.get(backup.id)
    if (hold !== undefined) addReason(reasons, backup.id, hold)
  }
  keepBases(members, reasons)
  const { size } = reasons
  if (policy.includeBroken) keepLastOfServers(chains, reasons)
  else keepBroken(chains, reasons)
  if (reasons.size > size) keepBases(members, reasons)
  return reasons
}

/** Broken backups whose full stays, and those that have none. */
const brokenThatLoseNoChain = (
  { chains, orphans }: Chains,
  reasons: Reasons,
): ReadonlySet<BackupId> => {
  const members = chains
    .filter(({ full }) => reasons.has(full.id))
    .flatMap((chain) => chain.members)
  const broken = [...members.filter((member) => !isUsable(member)), ...orphans]
  return new Set(broken.map(({ backup }) => backup.id))
}

const dependantsOf = (members: readonly Member[]): ReadonlyMap<BackupId, readonly BackupId[]> => {
  const dependants = new Map<BackupId, BackupId[]>()
  for (const { backup, base } of members) {
    if (base === undefined) continue
    const others = dependants.get(base)
    if (others === undefined) dependants.set(base, [backup.id])
    else others.push(backup.id)
  }
  return dependants
}

const outlook = ({ serverUuid, usable }: ServerBackups, reasons: Reasons): ServerOutlook =>
  outlookOf(
    serverUuid,
    usable,
    usable.filter(({ id }) => reasons.has(id)),
  )
