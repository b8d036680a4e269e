// One backup as the documents and tables show it.

import type { Backup } from '../../chain/backup.ts'
import type { Member } from '../../chain/chains.ts'
import { isBreaking, type Problem } from '../../chain/problem.ts'

/** `broken`: it cannot be restored, because of itself or of what it was made on. */
export type MemberState = 'ok' | 'broken'

export const stateOf = (problems: readonly Problem[]): MemberState =>
  problems.some(isBreaking) ? 'broken' : 'ok'

/** The base on record, where another one takes its place. */
export const recordedBaseOf = ({ backup, base }: Member): string | undefined =>
  backup.base === base ? undefined : backup.base

/** The base on record, where it is lost: a merged full that stands for it is no loss. */
export const lostBaseOf = (member: Member, members: readonly Member[]): string | undefined => {
  const recorded = recordedBaseOf(member)
  if (recorded === undefined) return undefined
  const base = members.find(({ backup }) => backup.id === member.base)
  return base?.backup.standsFor === recorded ? undefined : recorded
}

/** A member in `chain show --json`. */
export const memberFields = (member: Member): object => {
  const { backup, base, alsoOn, problems } = member
  return {
    id: backup.id,
    type: backup.type,
    base,
    recordedBase: recordedBaseOf(member),
    standsFor: backup.standsFor,
    alsoOn,
    startLsn: backup.startLsn,
    pageTrackLsn: backup.pageTrackLsn,
    endLsn: backup.endLsn,
    beginTime: backup.beginTime,
    endTime: backup.endTime,
    bytes: backup.storedBytes,
    compression: backup.compression,
    state: stateOf(problems),
    problems,
  }
}

/** A backup in `chain list --json`: all that the manifest's head says. */
export const backupFields = (member: Member): object => {
  const { backup, base, problems } = member
  return {
    id: backup.id,
    type: backup.type,
    engine: backup.engine,
    base,
    recordedBase: recordedBaseOf(member),
    standsFor: backup.standsFor,
    label: backup.label,
    serverUuid: backup.serverUuid,
    serverVersion: backup.serverVersion,
    startLsn: backup.startLsn,
    pageTrackLsn: backup.pageTrackLsn,
    endLsn: backup.endLsn,
    beginTime: backup.beginTime,
    endTime: backup.endTime,
    storedBytes: backup.storedBytes,
    resultBytes: backup.resultBytes,
    compression: backup.compression,
    state: stateOf(problems),
    problems,
  }
}

/** A time for tables: UTC, to the second. */
export const formatInstant = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`

/** The word for tables, where `increment` takes too much room. */
export const shortType = (backup: Backup): string => (backup.type === 'full' ? 'full' : 'incr')

/** Ids that a backup could sit on, too; an idle server makes very many, and the last ones matter. */
export const alsoOnText = (ids: readonly string[]): string => {
  const shown = ids.slice(-3)
  const more = ids.length - shown.length
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} before`}`
}
