// One backup as the documents and tables show it.

import type { Backup } from '../../chain/backup.ts'
import type { Member } from '../../chain/chains.ts'
import type { Problem } from '../../chain/problem.ts'

/** `broken`: it cannot be restored, because of itself or of what it was made on. */
export type MemberState = 'ok' | 'broken'

export const stateOf = (problems: readonly Problem[]): MemberState =>
  problems.length === 0 ? 'ok' : 'broken'

/** A member in `chain show --json`. */
export const memberFields = ({ backup, problems }: Member): object => ({
  id: backup.id,
  type: backup.type,
  base: backup.base,
  // What else it could sit on is recorded by the greatsql engine only.
  alsoOn: [],
  startLsn: backup.startLsn,
  pageTrackLsn: backup.pageTrackLsn,
  endLsn: backup.endLsn,
  beginTime: backup.beginTime,
  endTime: backup.endTime,
  bytes: backup.storedBytes,
  compression: backup.compression,
  state: stateOf(problems),
  problems,
})

/** A backup in `chain list --json`: all that the manifest's head says. */
export const backupFields = ({ backup, problems }: Member): object => ({
  id: backup.id,
  type: backup.type,
  engine: backup.engine,
  base: backup.base,
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
})

/** A time for tables: UTC, to the second. */
export const formatInstant = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`

/** The word for tables, where `increment` takes too much room. */
export const shortType = (backup: Backup): string => (backup.type === 'full' ? 'full' : 'incr')
