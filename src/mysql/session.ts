// One connection to a server. Every value arrives as the text the server sent, so that a 64-bit
// LSN keeps its digits, a TIMESTAMP is UTC and a JSON document is not parsed on the way.
import { ClonectlError } from '../errors.ts'
import type { ConnectionOptions } from './connection-options.ts'
import { connectDriver, type DriverConnection } from './driver-connection.ts'
import { fromDriverError } from './driver-error.ts'
import { isConnectionLost } from './server-errno.ts'

/** A row by column name; SQL NULL is null. */
export type Row = Readonly<Record<string, string | null>>

export type StatementValue = string | number | bigint | null

export interface Session extends AsyncDisposable {
  /** The processlist id, for KILL from another session. */
  readonly connectionId: number
  /**
   * Runs one statement, however long it takes, and returns its rows (none for CLONE, SET ...).
   * Values replace the question marks. Throws SERVER.
   */
  query(sql: string, values?: readonly StatementValue[]): Promise<readonly Row[]>
  /** The first column of the first row; null for SQL NULL or no row. Throws SERVER. */
  value(sql: string): Promise<string | null>
  /** Ends the connection. A statement that still runs is abandoned here, not killed there. */
  close(): Promise<void>
}

interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

interface Runner {
  readonly run: (sql: string, values?: readonly StatementValue[]) => Promise<Table>
  readonly close: () => Promise<void>
}

/**
 * The session must not depend on how the server is configured: the options here are what
 * clonectl's statements are written for. A session may idle for hours beside a long CLONE.
 */
const isolate =
  "SET SESSION time_zone = '+00:00', sql_mode = '', autocommit = 1, " +
  'wait_timeout = 31536000, max_execution_time = 0'

const kindPattern = /^\s*((?:(?:ALTER|CLONE|CREATE|DROP|FLUSH|INSTALL|LOCK|SHOW) )?[A-Z]+)/iu

/** "CLONE LOCAL", "SELECT": the leading key words, which never hold a value. */
const kindOf = (sql: string): string => kindPattern.exec(sql)?.[1]?.toUpperCase() ?? 'statement'

/** With rowsAsArray the driver gives arrays for a result set and a header object otherwise. */
const tableOf = (
  result: unknown,
  fields: readonly { readonly name: string }[] | undefined,
): Table =>
  Array.isArray(result) && fields !== undefined
    ? { names: fields.map((field) => field.name), rows: result as Table['rows'] }
    : { names: [], rows: [] }

const rowOf = (names: readonly string[], values: readonly (string | null)[]): Row =>
  Object.fromEntries(names.map((name, column) => [name, values[column] ?? null]))

/** A promise that only ever fails, for racing with a statement whose answer may never come. */
const makeEnd = () => {
  let fail: (error: Error) => void = () => undefined
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  // Nobody may be waiting when the connection ends; that is not an unhandled rejection.
  failed.catch(() => undefined)
  return { failed, fail }
}

const sessionClosed = (): Error =>
  new ClonectlError('SERVER', 'the session was closed on this side', {
    details: { driverCode: 'PROTOCOL_CONNECTION_LOST' },
  })

const makeRunner = ({ connection, socket }: DriverConnection): Runner => {
  const end = makeEnd()
  let ended: Error | undefined
  let running = 0
  const endWith = (error: Error): void => {
    ended ??= error
    end.fail(error)
  }
  // Without a listener, a connection lost between two statements would end the process.
  connection.on('error', (error: Error) => {
    endWith(fromDriverError(error, 'the connection ended'))
  })
  const run: Runner['run'] = async (sql, values) => {
    if (ended !== undefined) throw ended
    running += 1
    try {
      const query = connection.query(sql, values === undefined ? values : [...values])
      const [result, fields] = await Promise.race([query, end.failed])
      return tableOf(result, fields)
    } catch (cause) {
      if (cause === ended) throw cause
      const error = fromDriverError(cause, kindOf(sql))
      if (isConnectionLost(error)) endWith(error)
      throw error
    } finally {
      running -= 1
    }
  }
  const close = async (): Promise<void> => {
    // end() waits for the running statement, and never returns on a connection that is lost.
    if (running === 0 && ended === undefined) await connection.end()
    endWith(sessionClosed())
    connection.destroy()
    socket.destroy()
  }
  return { run, close }
}

/**
 * Connects and sets the session up (UTC, no sql_mode, autocommit, no time limits).
 * Throws SERVER with a hint when the server cannot be reached or refuses, CONFIG for TLS options.
 */
export const openSession = async (options: ConnectionOptions): Promise<Session> => {
  const { run, close } = makeRunner(await connectDriver(options))
  const value = async (sql: string) => (await run(sql)).rows[0]?.[0] ?? null
  try {
    await run(isolate)
    return {
      // The handshake holds only 32 bits of the id; the function gives all of it.
      connectionId: Number(await value('SELECT CONNECTION_ID()')),
      query: async (sql, values) => {
        const { names, rows } = await run(sql, values)
        return rows.map((row) => rowOf(names, row))
      },
      value,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
