// `history`: every clone that the server remembers, on a line.

import type { HistoryRow } from '../../mysql/clone-history.ts'
import type { CommandResult } from '../command.ts'
import { type Column, formatTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'PID', align: 'right' },
  { title: 'TYPE' },
  { title: 'STATE' },
  { title: 'BEGUN' },
  { title: 'ENDED' },
  { title: 'START LSN', align: 'right' },
  { title: 'TRACK LSN', align: 'right' },
  { title: 'END LSN', align: 'right' },
  { title: 'SOURCE' },
  { title: 'DESTINATION' },
  { title: 'ERROR' },
]

/** The rows as a document and as a table. */
export const historyListResult = (rows: readonly HistoryRow[]): CommandResult => ({
  document: { rows: rows.map(fieldsOf) },
  text: rows.length === 0 ? 'no clones\n' : formatTable(COLUMNS, rows.map(lineOf)),
})

const fieldsOf = ({ beginTime, endTime, ...row }: HistoryRow): object => ({
  ...row,
  beginTime: beginTime ?? null,
  endTime: endTime ?? null,
})

const lineOf = (row: HistoryRow): readonly string[] =>
  [
    row.id,
    row.pid,
    row.cloneType.replace(/ clone$/, ''),
    row.state,
    row.beginTime?.toISOString() ?? '',
    row.endTime?.toISOString() ?? '',
    row.startLsn.toString(),
    row.pageTrackLsn.toString(),
    row.endLsn.toString(),
    row.source,
    row.destination,
    row.errorNo === 0 ? '' : `${row.errorNo} ${row.errorMessage}`,
  ].map(oneLine)

/** The table shows no control characters, and a message may have several lines. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')
