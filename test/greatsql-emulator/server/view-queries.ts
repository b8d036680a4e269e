// performance_schema.clone_status and clone_progress with GreatSQL's columns, as derived tables that
// stand in a query where the real server's tables stood.
import { stateNames } from '../formats/view-status.ts'
import { stageNames } from '../formats/view-progress.ts'
import { textLiteral, timeLiteral } from '../sql/literals.ts'
import type { CloneEntry } from './clone-status.ts'

interface Cell {
  readonly name: string
  readonly sql: string
}

const number = (name: string, value: bigint | number): Cell => ({
  name,
  sql: `CAST(${value} AS SIGNED)`,
})
const text = (name: string, value: string): Cell => ({ name, sql: textLiteral(value) })
const time = (name: string, micros: bigint, digits: 3 | 6): Cell => ({
  name,
  sql: timeLiteral(micros, digits),
})

const statusRow = (entry: CloneEntry): Cell[] => {
  const status = entry.status()
  return [
    number('ID', status.id),
    number('PID', entry.pid),
    text('STATE', stateNames[status.state] ?? ''),
    time('BEGIN_TIME', status.beginMicros, 3),
    time('END_TIME', status.endMicros, 3),
    text('SOURCE', status.source),
    text('DESTINATION', entry.destination),
    number('ERROR_NO', status.errorNumber),
    text('ERROR_MESSAGE', status.errorMessage),
    text('BINLOG_FILE', status.binlogFile),
    number('BINLOG_POSITION', status.binlogPosition),
    text('GTID_EXECUTED', status.gtidExecuted),
    number('START_LSN', status.startLsn),
    number('PAGE_TRACK_LSN', status.pageTrackLsn),
    number('END_LSN', status.endLsn),
  ]
}

const progressRows = (entry: CloneEntry): Cell[][] => {
  const { id, stages } = entry.progress.view()
  return stages.map((stage, index) => [
    number('ID', id),
    text('STAGE', stageNames[index] ?? ''),
    text('STATE', stateNames[stage.state] ?? ''),
    time('BEGIN_TIME', stage.beginMicros, 6),
    time('END_TIME', stage.endMicros, 6),
    number('THREADS', stage.threads),
    number('ESTIMATE', stage.estimate),
    number('DATA', stage.complete),
    number('NETWORK', stage.network),
    number('DATA_SPEED', 0),
    number('NETWORK_SPEED', 0),
  ])
}

const select = (row: readonly Cell[]): string =>
  `SELECT ${row.map(({ name, sql }) => `${sql} AS \`${name}\``).join(', ')}`

const derived = (rows: readonly (readonly Cell[])[], model: readonly Cell[]): string =>
  rows.length === 0
    ? `(${select(model)} FROM DUAL WHERE FALSE)`
    : `(${rows.map(select).join(' UNION ALL ')})`

/** A clone that never was, for the columns of an empty table. */
const nobody = (entries: readonly CloneEntry[], make: () => CloneEntry): CloneEntry =>
  entries[0] ?? make()

/** The text of a derived table with the rows of the table of this name. */
export const viewQuery = (
  table: 'clone_status' | 'clone_progress',
  entries: readonly CloneEntry[],
  model: () => CloneEntry,
): string => {
  const example = nobody(entries, model)
  if (table === 'clone_status') return derived(entries.map(statusRow), statusRow(example))
  return derived(entries.flatMap(progressRows), progressRows(example)[0] ?? [])
}
