// Who ran a statement of a binlog, as far as the server wrote it down: the connection, and for some statements the
// account, which mysqlbinlog does not tell. Format: libs/mysql/binlog/event/statement_events.h (Query_event).
import { byteCursor, type ByteCursor } from './byte-cursor.ts'

export interface Invoker {
  readonly user: string
  readonly host: string
}

export interface StatementOrigin {
  /** Number of the connection; one server uses it once. */
  readonly thread: number
  /** Written for statements whose result depends on who runs them (THD::binlog_invoker). */
  readonly invoker: Invoker | undefined
}

/** Bytes of the status variables that may stand before the account (Query_event_status_vars). */
const fixedBytes: Readonly<Partial<Record<number, number>>> = {
  0: 4, // flags2
  1: 8, // sql_mode
  3: 4, // auto_increment_increment and _offset
  4: 6, // charset
  7: 2, // lc_time_names
  8: 2, // charset of the database
  9: 8, // tables that are updated
  10: 4, // formerly the number of bytes written
}
/** Time zone and catalog: a byte with the length before them. */
const texts = new Set([5, 6])
const invokerCode = 11

/** Reads the body, or its beginning, of an event of type 2. */
export const parseStatementOrigin = (body: Buffer): StatementOrigin => {
  const cursor = byteCursor(body)
  const thread = cursor.integer(4)
  // Duration 4, lengths of schema 1, error 2 and status variables 2.
  cursor.take(7)
  const variables = cursor.take(cursor.integer(2))
  return { thread, invoker: findInvoker(byteCursor(variables)) }
}

const findInvoker = (cursor: ByteCursor): Invoker | undefined => {
  while (isWhole(cursor)) {
    const code = cursor.integer(1)
    if (code === invokerCode) {
      const invoker = { user: readText(cursor), host: readText(cursor) }
      return isWhole(cursor) ? invoker : undefined
    }
    const width = fixedBytes[code]
    if (texts.has(code)) readText(cursor)
    else if (width === undefined) return undefined
    else cursor.take(width)
  }
  return undefined
}

const isWhole = ({ isShort }: ByteCursor): boolean => !isShort

const readText = (cursor: ByteCursor): string => cursor.take(cursor.integer(1)).toString('utf8')
