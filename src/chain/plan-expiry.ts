// Which backups go and which stay, and why. Whatever stays keeps everything it sits on, so nothing is
// cut and nothing is orphaned; whatever no rule names and nothing needs goes.

import type { BackupId } from './backup-id.ts'
import type { Member } from './chains.ts'
import { namedByRules } from './keep-rules.ts'
import type { KeepReason, RetentionInput, RetentionPolicy } from './retention-policy.ts'
import { backupsByServer, isUsable, type ServerBackups, sortedMembers } from './server-backups.ts'
import { outlookOf, type ServerOutlook } from './server-outlook.ts'
import { type ExpireReason, reasonToGo } from './reason-to-go.ts'

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
  const members = sortedMembers(input)
  const servers = backupsByServer(input)
  const reasons = nameAll(servers, input, policy)
  keepBases(members, reasons)
  keepBroken(servers, input, policy, reasons)
  keepBases(members, reasons)
  const dependants = dependantsOf(members)
  const of = ({ backup }: Member): readonly BackupId[] => dependants.get(backup.id) ?? []
  const isKept = ({ backup }: Member): boolean => reasons.has(backup.id)
  return {
    kept: members.filter(isKept).map((member) => ({
      member,
      reasons: reasons.get(member.backup.id) ?? [],
      dependants: of(member),
    })),
    expired: members
      .filter((member) => !isKept(member))
      .reverse()
      .map((member) => ({
        member,
        why: reasonToGo(member, policy, fullStays(member, input, reasons)),
        dependants: of(member),
      })),
    servers: servers.map((server) => outlook(server, reasons)),
  }
}

type Reasons = Map<BackupId, KeepReason[]>

const add = (reasons: Reasons, id: BackupId, reason: KeepReason): void => {
  const told = reasons.get(id)
  if (told === undefined) reasons.set(id, [reason])
  else told.push(reason)
}

const nameAll = (
  servers: readonly ServerBackups[],
  { held }: RetentionInput,
  policy: RetentionPolicy,
): Reasons => {
  const reasons: Reasons = new Map()
  for (const server of servers) {
    for (const { id, reason } of namedByRules(server, policy)) add(reasons, id, reason)
    for (const { backup } of server.members) {
      const hold = held.get(backup.id)
      if (hold !== undefined) add(reasons, backup.id, hold)
    }
  }
  return reasons
}

/** Newest first, so that what is kept for another's sake keeps its own base in turn. */
const keepBases = (members: readonly Member[], reasons: Reasons): void => {
  const known = new Set(members.map(({ backup }) => backup.id))
  const neededBy = new Map<BackupId, BackupId>()
  for (let index = members.length - 1; index >= 0; index -= 1) {
    const member = members[index]
    const base = member?.base
    if (member === undefined || base === undefined || !known.has(base)) continue
    const { id } = member.backup
    if (!reasons.has(id)) continue
    const cause = neededBy.get(id) ?? id
    if (reasons.has(base)) continue
    neededBy.set(base, cause)
    add(reasons, base, { rule: 'NEEDED', message: `is needed by ${cause}` })
  }
}

/** What cannot be restored goes with its chain, or when it is asked for; never silently. */
const keepBroken = (
  servers: readonly ServerBackups[],
  { chains }: RetentionInput,
  { includeBroken }: RetentionPolicy,
  reasons: Reasons,
): void => {
  const hasBackup = new Set(servers.filter(({ usable }) => usable.length > 0).map(uuidOf))
  const lone = chains.orphans.filter(({ backup }) => !hasBackup.has(backup.serverUuid))
  const inChains = chains.chains
    .filter(({ full }) => reasons.has(full.id))
    .flatMap(({ members }) => members.filter((member) => !isUsable(member)))
  for (const { backup } of includeBroken ? [] : [...inChains, ...chains.orphans])
    add(reasons, backup.id, {
      rule: 'BROKEN',
      message: 'cannot be restored; it goes with its chain, or with --include-broken',
    })
  for (const { backup } of includeBroken ? lone : [])
    add(reasons, backup.id, {
      rule: 'LAST_OF_SERVER',
      message: 'cannot be restored, but its server has no other backups',
    })
}

const uuidOf = ({ serverUuid }: ServerBackups): string => serverUuid

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
