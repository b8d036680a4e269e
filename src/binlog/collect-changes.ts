// What one transaction did to the tables that are looked for, told from its events.

import { EVENT_CHECKSUM_BYTES, EVENT_HEADER_BYTES, eventType } from '../mysql/binlog-event.ts'
import { countRows } from '../mysql/count-rows.ts'
import type { BodyBytes } from '../mysql/event-reader.ts'
import { parseQueryEvent, parseRowsQuery, type TextRules } from '../mysql/query-event.ts'
import { parseRowsEvent, rowChangeOf, tableIdOf } from '../mysql/rows-event.ts'
import { type ChangeType, statementChanges } from '../mysql/statement-changes.ts'
import { statementExcerpt } from '../mysql/statement-excerpt.ts'
import { parseTableMap, type TableMap } from '../mysql/table-map-event.ts'
import type { FoundChange } from './transaction-search.ts'

export interface ChangeCollector {
  readonly bodyBytes: BodyBytes
  take(event: CollectedEvent): void
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
const describingBytes = 1024 * 1024
/** Rows of larger events are not counted. */
const countedBytes = 16 * 1024 * 1024
const tableIdBytes = 6

type Tally = { -readonly [Field in keyof FoundChange]: FoundChange[Field] }

/** The same change of one table in many events is one. */
const newTallies = () => {
  const tallies = new Map<string, Tally>()
  return {
    list: (): readonly FoundChange[] => [...tallies.values()],
    add: (change: FoundChange): void => {
      const key = JSON.stringify([change.type, change.database, change.table])
      const tally = tallies.get(key)
      if (tally === undefined) {
        tallies.set(key, { ...change })
        return
      }
      tally.events += change.events
      tally.bytes += change.bytes
      tally.rows = tally.rows === null || change.rows === null ? null : tally.rows + change.rows
      tally.statement ??= change.statement
    },
  }
}

const rowTypes = ['insert', 'update', 'delete'] as const

/** Collects what `wants` asks for in one transaction. */
export const newChangeCollector = (wants: Wants): ChangeCollector => {
  const tallies = newTallies()
  const tables = new Map<number, TableMap>()
  let rules: TextRules = { backslashEscapes: true }
  let rowsStatement: string | null = null

  const takeStatement = (type: number, body: Buffer, bytes: number): void => {
    const statement = parseQueryEvent(type, body)
    if (statement === undefined) return
    rules = statement
    for (const change of statementChanges(statement)) {
      const { type: kind, database, table } = change
      if (!wants(kind, database, table)) continue
      const excerpt = statementExcerpt(statement.text, statement)
      const facts = { type: kind, database, table: table ?? null }
      tallies.add({ ...facts, rows: null, events: 1, bytes, statement: excerpt })
    }
  }

  /** Only tables that are looked for are remembered: row events of others need not be read. */
  const takeTable = (body: Buffer): void => {
    const map = parseTableMap(body)
    if (map === undefined) return
    const isWanted = rowTypes.some((type) => wants(type, map.database, map.table))
    if (isWanted) tables.set(map.tableId, map)
    else tables.delete(map.tableId)
  }

  const rowsIn = (map: TableMap, { type, sizeBytes }: CollectedEvent, body: Buffer) => {
    const isWhole = body.length >= sizeBytes - EVENT_HEADER_BYTES - EVENT_CHECKSUM_BYTES
    const event = isWhole && map.columns !== undefined ? parseRowsEvent(type, body) : undefined
    if (event === undefined || map.columns === undefined) return null
    return countRows(event, map.columns) ?? null
  }

  const takeRows = (type: ChangeType, event: CollectedEvent, body: Buffer): void => {
    const map = tables.get(tableIdOf(body) ?? -1)
    if (map === undefined || !wants(type, map.database, map.table)) return
    tallies.add({
      type,
      database: map.database,
      table: map.table,
      rows: rowsIn(map, event, body),
      events: 1,
      bytes: event.sizeBytes,
      statement: rowsStatement,
    })
  }

  return {
    changes: () => tallies.list(),
    bodyBytes: (type, sizeBytes) => {
      if (type === eventType.query || type === eventType.executeLoadQuery) return statementBytes
      if (type === eventType.tableMap) return describingBytes
      if (type === eventType.rowsQuery) return statementBytes
      if (rowChangeOf(type) === undefined || tables.size === 0) return 0
      return sizeBytes <= countedBytes ? sizeBytes : tableIdBytes
    },
    take: (event) => {
      const { type, sizeBytes, body } = event
      if (body === undefined) return
      const rowChange = rowChangeOf(type)
      if (rowChange !== undefined) takeRows(rowChange, event, body)
      else if (type === eventType.tableMap) takeTable(body)
      else if (type === eventType.rowsQuery)
        rowsStatement = statementExcerpt(parseRowsQuery(body), rules)
      else if (type === eventType.query || type === eventType.executeLoadQuery)
        takeStatement(type, body, sizeBytes)
    },
  }
}
