// Events that change rows. Format: libs/mysql/binlog/event/rows_event.h (Rows_event).
import { eventType } from './binlog-event.ts'
import { type ByteCursor, byteCursor } from './byte-cursor.ts'

export type RowChange = 'insert' | 'update' | 'delete'

export interface RowsEvent {
  readonly change: RowChange
  readonly tableId: number
  /** Number of columns of the table. */
  readonly columnCount: number
  /** Which columns each image of a row has, a bit for each: one image, or before and after. */
  readonly images: readonly Buffer[]
  /** Whether JSON documents may be written as what changed in them. */
  readonly isPartial: boolean
  /** The rows, one behind the other. */
  readonly rows: Buffer
}

const changes: ReadonlyMap<number, RowChange> = new Map([
  [eventType.writeRowsV1, 'insert'],
  [eventType.updateRowsV1, 'update'],
  [eventType.deleteRowsV1, 'delete'],
  [eventType.writeRows, 'insert'],
  [eventType.updateRows, 'update'],
  [eventType.deleteRows, 'delete'],
  [eventType.partialUpdateRows, 'update'],
])

/** What an event of this type does to rows; undefined for one that changes none. */
export const rowChangeOf = (type: number): RowChange | undefined => changes.get(type)

const tableIdBytes = 6
const flagsBytes = 2
/** The length of what follows the post-header counts its own two bytes. */
const extraLengthBytes = 2

const skipExtra = (cursor: ByteCursor): void => {
  cursor.take(Math.max(0, cursor.integer(extraLengthBytes) - extraLengthBytes))
}

/** Reads the table a row event changes, from the first bytes of its body. */
export const tableIdOf = (body: Buffer): number | undefined =>
  body.length < tableIdBytes ? undefined : body.readUIntLE(0, tableIdBytes)

/** Reads the body of a row event; undefined for bytes that are none. */
export const parseRowsEvent = (type: number, body: Buffer): RowsEvent | undefined => {
  const change = changes.get(type)
  if (change === undefined) return undefined
  const cursor = byteCursor(body)
  const tableId = cursor.integer(tableIdBytes)
  cursor.take(flagsBytes)
  if (type >= eventType.writeRows) skipExtra(cursor)
  const columnCount = cursor.packed()
  const bitmapBytes = (columnCount + 7) >> 3
  const before = cursor.take(bitmapBytes)
  const images = change === 'update' ? [before, cursor.take(bitmapBytes)] : [before]
  const rows = cursor.rest()
  if (cursor.isShort) return undefined
  const isPartial = type === eventType.partialUpdateRows
  return { change, tableId, columnCount, images, isPartial, rows }
}
