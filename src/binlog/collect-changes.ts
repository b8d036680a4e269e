// What one transaction did to the tables that are looked for, told from its events.

import { EVENT_CHECKSUM_BYTES, EVENT_HEADER_BYTES, eventType } from '../mysql/binlog-event.ts'
import { countRows } from '../mysql/count-rows.ts'
import type { BodyBytes } from '../mysql/event-reader.ts'
import { parseQueryEvent, parseRowsQuery, type TextRules } from '../mysql/query-event.ts'
import { parseRowsEvent, rowChangeOf, tableIdOf } from '../mysql/rows-event.ts'
import type { ChangeType } from '../mysql/change-type.ts'
import { statementChanges } from '../mysql/statement-changes.ts'
import { statementExcerpt } from '../mysql/statement-excerpt.ts'
import type { TableMap } from '../mysql/table-map-event.ts'
import { newTallies } from './change-tallies.ts'
import { newTableMemory } from './table-memory.ts'
import type { FoundChange } from './transaction-search.ts'

export interface ChangeCollector {
  readonly bodyBytes: BodyBytes
  /** Forgets the transaction before. */
  begin(): void
  take(event: CollectedEvent): void
  /** Of the transaction, as far as it was taken. */
  changes(): readonly FoundChange[]
}

export interface CollectedEvent {
  readonly type: number
  readonly sizeBytes: number
  readonly body?: Buffer | undefined
}

/** Whether a change is looked for; `table` is undefined when it is about all of the database. */
export type Wants = (type: ChangeType, database: string, table: string | undefined) => boolean

/** Enough of a statement for its tables, but for the longest DROP TABLE. */
const statementBytes = 64 * 1024
/** Enough for 4096 columns, each with its name. */
const tableMapBytes = 1024 * 1024
/** Rows of larger events are not counted. */
const countedBytes = 16 * 1024 * 1024
const tableIdBytes = 6

/** What opens and closes transactions; there are as many as transactions. */
const frames: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK'])

/** Null for an event of which only the beginning was read. */
const rowsIn = (
  { columns }: TableMap,
  { type, sizeBytes }: CollectedEvent,
  body: Buffer,
): number | null => {
  const isWhole = body.length >= sizeBytes - EVENT_HEADER_BYTES - EVENT_CHECKSUM_BYTES
  const event = isWhole ? parseRowsEvent(type, body) : undefined
  if (event === undefined || columns === undefined) return null
  return countRows(event, columns) ?? null
}

const isStatement = (type: number): boolean =>
  type === eventType.query || type === eventType.executeLoadQuery

/** Collects what `wants` asks for in the transactions of one binlog, one after the other. */
export const newChangeCollector = (wants: Wants): ChangeCollector => {
  const tallies = newTallies()
  const tables = newTableMemory(wants)
  let rules: TextRules = { backslashEscapes: true }
  let rowsStatement: string | null = null

  const takeStatement = (type: number, body: Buffer, bytes: number): void => {
    const statement = parseQueryEvent(type, body)
    if (statement === undefined) return
    rules = statement
    if (frames.has(statement.text)) return
    for (const { type: kind, database, table } of statementChanges(statement)) {
      if (!wants(kind, database, table)) continue
      const excerpt = statementExcerpt(statement.text, statement)
      const facts = { type: kind, database, table: table ?? null }
      tallies.add({ ...facts, rows: null, events: 1, bytes, statement: excerpt })
    }
  }

  const takeRows = (type: ChangeType, event: CollectedEvent, body: Buffer): void => {
    const map = tables.find(tableIdOf(body) ?? -1)
    if (map === undefined || !wants(type, map.database, map.table)) return
    const { database, table } = map
    const rows = rowsIn(map, event, body)
    const facts = { type, database, table, rows, events: 1, bytes: event.sizeBytes }
    tallies.add({ ...facts, statement: rowsStatement })
  }

  return {
    begin: () => {
      tallies.clear()
      tables.begin()
      rowsStatement = null
    },
    changes: () => tallies.list(),
    bodyBytes: (type, sizeBytes) => {
      if (isStatement(type) || type === eventType.rowsQuery) return statementBytes
      if (type === eventType.tableMap) return tableMapBytes
      if (!tables.hasAny || rowChangeOf(type) === undefined) return 0
      return sizeBytes <= countedBytes ? sizeBytes : tableIdBytes
    },
    take: ({ type, sizeBytes, body }) => {
      if (body === undefined) return
      const rowChange = rowChangeOf(type)
      if (rowChange !== undefined) takeRows(rowChange, { type, sizeBytes }, body)
      else if (type === eventType.tableMap) tables.take(body)
      else if (isStatement(type)) takeStatement(type, body, sizeBytes)
      else if (type === eventType.rowsQuery)
        rowsStatement = statementExcerpt(parseRowsQuery(body), rules)
    },
  }
}
