// What is wrong with a row of mysql.clone_history by itself, whatever it was made on.

import type { HistoryRow } from '../mysql/clone-history.ts'
import type { BackupType } from './backup-id.ts'
import type { Problem } from './problem.ts'

const types: ReadonlyMap<string, BackupType> = new Map([
  ['full clone', 'full'],
  ['increment clone', 'increment'],
])

/** What the row calls itself; undefined for a word that the server does not write. */
export const rowTypeOf = ({ cloneType }: HistoryRow): BackupType | undefined => types.get(cloneType)

/** Why the row is no backup at all; undefined when it is one. */
export const rowFault = (row: HistoryRow): Problem | undefined =>
  stateFault(row) ?? typeFault(row) ?? lsnFault(row) ?? timeFault(row)

const stateFault = ({ state, errorNo, errorMessage }: HistoryRow): Problem | undefined => {
  if (state === 'Failed' || errorNo !== 0) {
    const message = `its state is ${state}, error ${errorNo}: ${errorMessage || 'without a message'}`
    return { code: 'FAILED', message }
  }
  if (state === 'Completed') return undefined
  return { code: 'NOT_COMPLETED', message: `its state is ${state || 'NULL'}, expected Completed` }
}

const typeFault = (row: HistoryRow): Problem | undefined => {
  if (rowTypeOf(row) !== undefined) return undefined
  const message = `its type is ${row.cloneType || 'NULL'}, expected full clone or increment clone`
  return { code: 'TYPE_UNKNOWN', message }
}

/** A page-track LSN of 0 says that tracking was not asked for, and then it bounds nothing. */
const lsnFault = (row: HistoryRow): Problem | undefined => {
  const { startLsn, pageTrackLsn, endLsn } = row
  if ((rowTypeOf(row) === 'full') !== (startLsn === 0n)) {
    const message = `its type is ${row.cloneType} and its START_LSN ${startLsn}; only a full clone has 0`
    return { code: 'LSN_INVALID', message }
  }
  const inOrder =
    pageTrackLsn === 0n ? startLsn <= endLsn : startLsn <= pageTrackLsn && pageTrackLsn <= endLsn
  if (inOrder) return undefined
  return {
    code: 'LSN_INVALID',
    message: `its LSNs are ${startLsn}, ${pageTrackLsn}, ${endLsn}, expected START_LSN <= PAGE_TRACK_LSN <= END_LSN`,
  }
}

const timeFault = ({ beginTime, endTime }: HistoryRow): Problem | undefined => {
  if (beginTime !== undefined && endTime !== undefined && beginTime <= endTime) return undefined
  const [begin, end] = [beginTime, endTime].map((time) => time?.toISOString() ?? 'NULL')
  return { code: 'TIME_INVALID', message: `it began at ${begin} and ended at ${end}` }
}
