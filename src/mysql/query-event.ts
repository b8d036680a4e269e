// Statements in binlogs: DDL always, DML in statement format, and what opens and closes transactions.
// Format: libs/mysql/binlog/event/statement_events.h (Query_event, Execute_load_query_event).
import { eventType } from './binlog-event.ts'
import { byteCursor } from './byte-cursor.ts'

/** How a statement's text is to be read. */
export interface TextRules {
  /** sql_mode NO_BACKSLASH_ESCAPES takes them away. */
  readonly backslashEscapes: boolean
}

export interface LoggedStatement extends TextRules {
  /** The default schema; '' without one. */
  readonly schema: string
  /** As far as the body was read. */
  readonly text: string
}

/** Thread 4, duration 4; then lengths: schema 1, error 2, status variables 2. */
const beforeLengths = 8
/** File id 4, two places of the file's name 4 each, what to do with duplicates 1. */
const loadBytes = 13

/** The status variables begin with flags of four bytes, and then the sql_mode of eight. */
const sqlModeAt = 5
const sqlModeCode = 1
/** MODE_NO_BACKSLASH_ESCAPES is bit 20 (sql/system_variables.h), which lies in the third byte. */
const noBackslashEscapes = 1 << 4

const hasBackslashEscapes = (variables: Buffer): boolean =>
  variables[sqlModeAt] !== sqlModeCode ||
  ((variables[sqlModeAt + 3] ?? 0) & noBackslashEscapes) === 0

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
  const backslashEscapes = hasBackslashEscapes(cursor.take(variablesLength))
  const schema = cursor.take(schemaLength).toString('utf8')
  cursor.take(1)
  if (cursor.isShort) return undefined
  return { schema, text: cursor.rest().toString('utf8'), backslashEscapes }
}

/** The statement that changed rows, of an event of type 29 (binlog_rows_query_log_events). */
export const parseRowsQuery = (body: Buffer): string => body.toString('utf8', 1)
