// Which table the row events after it change. Format: libs/mysql/binlog/event/rows_event.h
// (Table_map_event).
import { byteCursor } from './byte-cursor.ts'
import { type ColumnWidth, columnWidths } from './column-width.ts'
import type { TableName } from './table-pattern.ts'

export interface TableMap extends TableName {
  /** Row events name the table by it, until the statement ends. */
  readonly tableId: number
  /** Undefined when a column is of a type whose width is not known. */
  readonly columns: readonly ColumnWidth[] | undefined
}

const tableIdBytes = 6
const flagsBytes = 2

/** Reads the body of an event of type 19; undefined for bytes that are none. */
export const parseTableMap = (body: Buffer): TableMap | undefined => {
  const cursor = byteCursor(body)
  const tableId = cursor.integer(tableIdBytes)
  cursor.take(flagsBytes)
  const database = cursor.take(cursor.packed()).toString('utf8')
  cursor.take(1)
  const table = cursor.take(cursor.packed()).toString('utf8')
  cursor.take(1)
  const types = cursor.take(cursor.packed())
  const metadata = cursor.take(cursor.packed())
  if (cursor.isShort) return undefined
  return { tableId, database, table, columns: columnWidths(types, metadata) }
}
