// What there is to know at a glance of one server's backups: how old the newest are, what they can
// reach, how long their chain is, how much they take.

import type { Backup } from './backup.ts'
import type { BackupType } from './backup-id.ts'
import { type Member, usableBackups } from './chains.ts'
import { lineageOf } from './lineage.ts'
import { isBreaking } from './problem.ts'
import { recoveryWindow, type RecoveryWindow } from './recovery-window.ts'
import type { ServerChains } from './server-chains.ts'

export interface ServerSummary extends ServerChains {
  /** Every sealed backup that could be read, oldest first. */
  readonly members: readonly Member[]
  /** Those that cannot be restored. */
  readonly broken: readonly Member[]
  /** Those that can; `base` is what each is applied on. */
  readonly usable: readonly Backup[]
  /** The newest usable one of each type, by its end. */
  readonly lastFull: Backup | undefined
  readonly lastIncrement: Backup | undefined
  /** The newest usable one of any type. */
  readonly newest: Backup | undefined
  /** Backups that a restore of the newest takes, its full among them; empty without a usable one. */
  readonly newestLineage: readonly Backup[]
  /** Without binlogs; undefined without a usable backup. */
  readonly window: RecoveryWindow | undefined
  /** Bytes stored, of all its backups. */
  readonly storedBytes: number
}

/** Sums up what a repository holds of one server. */
export const summariseServer = (server: ServerChains): ServerSummary => {
  const { chains, orphans } = server
  const members = [...chains.flatMap((chain) => chain.members), ...orphans].sort((a, b) =>
    a.backup.id < b.backup.id ? -1 : 1,
  )
  const usable = usableBackups(server)
  const newest = newestOf(usable)
  return {
    ...server,
    members,
    broken: members.filter(({ problems }) => problems.some(isBreaking)),
    usable,
    lastFull: newestOf(ofType(usable, 'full')),
    lastIncrement: newestOf(ofType(usable, 'increment')),
    newest,
    newestLineage: newest === undefined ? [] : lineageOf(newest, usable),
    window: windowOf(usable, newest),
    storedBytes: members.reduce((sum, { backup }) => sum + backup.storedBytes, 0),
  }
}

/** The outermost decide; all of them would be too many arguments. */
const windowOf = (
  usable: readonly Backup[],
  newest: Backup | undefined,
): RecoveryWindow | undefined => {
  const earliest = usable.reduce<Backup | undefined>(
    (first, backup) => (first === undefined || backup.endTime < first.endTime ? backup : first),
    undefined,
  )
  return recoveryWindow(
    [earliest, newest].filter((backup) => backup !== undefined),
    undefined,
  )
}

const ofType = (backups: readonly Backup[], type: BackupType): readonly Backup[] =>
  backups.filter((backup) => backup.type === type)

const newestOf = (backups: readonly Backup[]): Backup | undefined =>
  backups.reduce<Backup | undefined>(
    (newest, backup) =>
      newest === undefined || backup.endTime >= newest.endTime ? backup : newest,
    undefined,
  )
