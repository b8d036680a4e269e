// Rows of mysql.clone_history, GreatSQL's record of every clone with a DATA DIRECTORY: one row,
// written when the clone has ended, by the server that ran the statement (clone_client.cc,
// persist_clone_view). Stock MySQL has no such table.

import { parseServerTime } from './server-time.ts'
import type { Row, Session } from './session.ts'

export interface HistoryRow {
  readonly id: string
  /** Processlist id of the session that ran CLONE. Ids of sessions are used again. */
  readonly pid: string
  /** "full clone" or "increment clone". */
  readonly cloneType: string
  /** "Completed" or "Failed". */
  readonly state: string
  readonly beginTime: Date | undefined
  readonly endTime: Date | undefined
  /** "LOCAL INSTANCE" or "host:port". */
  readonly source: string
  /** The directory, without the slash that the server often puts at its end. */
  readonly destination: string
  readonly errorNo: number
  readonly errorMessage: string
  /** 0 for a full; for an increment, every page changed since this LSN is in it. */
  readonly startLsn: bigint
  /** An increment on this clone starts here; 0 when pages were not tracked. */
  readonly pageTrackLsn: bigint
  /** The consistency point: where the redo of the clone ends. Usually 0 after a failure. */
  readonly endLsn: bigint
}

/** Every row, oldest first. The columns are named, so that others may be added to the table. */
export const cloneHistoryStatement =
  'SELECT ID, PID, CLONE_TYPE, STATE, BEGIN_TIME, END_TIME, SOURCE, DESTINATION, ERROR_NO, ' +
  'ERROR_MESSAGE, START_LSN, PAGE_TRACK_LSN, END_LSN FROM mysql.clone_history ORDER BY ID'

/** A directory as rows are compared by it: no double slashes, none at the end. */
export const normalDestination = (text: string): string =>
  text.replaceAll(/\/{2,}/gu, '/').replace(/(?<=.)\/$/u, '')

/** A row whose columns, all but ID, may be NULL: numbers are then 0, texts empty. */
export const historyRowOf = (row: Row): HistoryRow => {
  const text = (column: string): string => row[column] ?? ''
  const time = (column: string): Date | undefined =>
    parseServerTime(row[column] ?? null) ?? undefined
  return {
    id: text('ID'),
    pid: row['PID'] ?? '0',
    cloneType: text('CLONE_TYPE'),
    state: text('STATE'),
    beginTime: time('BEGIN_TIME'),
    endTime: time('END_TIME'),
    source: text('SOURCE'),
    destination: normalDestination(text('DESTINATION')),
    errorNo: Number(text('ERROR_NO')),
    errorMessage: text('ERROR_MESSAGE'),
    startLsn: BigInt(text('START_LSN')),
    pageTrackLsn: BigInt(text('PAGE_TRACK_LSN')),
    endLsn: BigInt(text('END_LSN')),
  }
}

/** The server's history, oldest first; times as UTC. Throws SERVER, with 1146 on stock MySQL. */
export const readCloneHistory = async (session: Session): Promise<readonly HistoryRow[]> =>
  (await session.query(cloneHistoryStatement)).map(historyRowOf)
