// Statements in binlogs: DDL always, DML in statement format, and what opens and closes transactions.
// Format: libs/mysql/binlog/event/statement_events.h (Query_event, Execute_load_query_event).
import { eventType } from './binlog-event.ts'
import { byteCursor } from './byte-cursor.ts'

export interface LoggedStatement {
  /** The default schema; '' without one. */
  readonly schema: string
  /** As far as the body was read. */
  readonly text: string
}

/** Thread 4, duration 4; then lengths: schema 1, error 2, status variables 2. */
const beforeLengths = 8
/** File id 4, two places of the file's name 4 each, what to do with duplicates 1. */
const loadBytes = 13

/**
 * Reads the body, or its beginning, of an event of type 2 or 18; undefined when not even the
 * schema is there. Clients mostly send utf8; other texts come out with some characters wrong.
 */
export const parseQueryEvent = (type: number, body: Buffer): LoggedStatement | undefined => {
  const cursor = byteCursor(body)
  cursor.take(beforeLengths)
  const schemaLength = cursor.integer(1)
  cursor.integer(2)
  const variablesLength = cursor.integer(2)
  if (type === eventType.executeLoadQuery) cursor.take(loadBytes)
  cursor.take(variablesLength)
  const schema = cursor.take(schemaLength).toString('utf8')
  cursor.take(1)
  if (cursor.isShort) return undefined
  return { schema, text: cursor.rest().toString('utf8') }
}

/** The statement that changed rows, of an event of type 29 (binlog_rows_query_log_events). */
export const parseRowsQuery = (body: Buffer): string => body.toString('utf8', 1)
