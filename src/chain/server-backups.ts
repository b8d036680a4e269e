// The backups of each server by themselves: retention counts them server by server, because one server's
// backups are no use to another.

import { type Backup, byBeginTime } from './backup.ts'
import type { BackupId } from './backup-id.ts'
import type { Chains, Member } from './chains.ts'
import { isBreaking } from './problem.ts'
import type { RetentionInput } from './retention-policy.ts'

export interface ServerBackups {
  readonly serverUuid: string
  /** All that was sealed, oldest first. */
  readonly members: readonly Member[]
  /** What can be restored, oldest first. */
  readonly usable: readonly Backup[]
  /** Those of `usable` that no good merged full stands for: each state once. */
  readonly states: readonly Backup[]
  /** Those of `usable` of which nothing bad is known, nor of anything they sit on. */
  readonly good: ReadonlySet<BackupId>
  /** The full at the bottom of each of `usable`. */
  readonly fullOf: ReadonlyMap<BackupId, BackupId>
}

export const isUsable = ({ problems }: Member): boolean => !problems.some(isBreaking)

/** Every sealed backup in its chain or without one, oldest first. */
export const sortedMembers = ({ chains, orphans }: Chains): readonly Member[] =>
  [...chains.flatMap(({ members }) => members), ...orphans].sort((one, other) =>
    byBeginTime(one.backup, other.backup),
  )

/** One entry for each server, in the order of their first backups. */
export const backupsByServer = (input: RetentionInput): readonly ServerBackups[] => {
  const byServer = new Map<string, Member[]>()
  for (const member of sortedMembers(input.chains)) {
    const { serverUuid } = member.backup
    const members = byServer.get(serverUuid)
    if (members === undefined) byServer.set(serverUuid, [member])
    else members.push(member)
  }
  return [...byServer].map(([serverUuid, members]) => describe(serverUuid, members, input))
}

const describe = (
  serverUuid: string,
  members: readonly Member[],
  { faulty }: RetentionInput,
): ServerBackups => {
  const sound = members.filter(isUsable)
  const good = new Set<BackupId>()
  const fullOf = new Map<BackupId, BackupId>()
  // A base is older, so it was judged before.
  for (const { backup, base } of sound) {
    const onGood = base === undefined || good.has(base)
    if (onGood && !faulty.has(backup.id)) good.add(backup.id)
    fullOf.set(backup.id, base === undefined ? backup.id : (fullOf.get(base) ?? base))
  }
  const usable = sound.map(({ backup }) => backup)
  const replaced = new Set(usable.filter(({ id }) => good.has(id)).map((full) => full.standsFor))
  const states = usable.filter(({ id }) => !replaced.has(id))
  return { serverUuid, members, usable, states, good, fullOf }
}
