// SQL for the tests: every value as text, as the mysql client would show it.
import { createConnection, type Connection, type FieldPacket } from 'mysql2/promise'

export interface Endpoint {
  readonly socket: string
}

export interface Login {
  readonly database?: string
  /** root without it. */
  readonly user?: string
  /** None without it. */
  readonly password?: string
}

/** Opens a connection over the socket; several statements in one text are allowed. */
export const connect = async ({ socket }: Endpoint, login: Login = {}): Promise<Connection> => {
  const connection = await createConnection({
    socketPath: socket,
    user: login.user ?? 'root',
    password: login.password ?? '',
    multipleStatements: true,
    rowsAsArray: true,
    typeCast: (field) => field.string('utf8') ?? 'NULL',
    ...(login.database === undefined ? {} : { database: login.database }),
  })
  // A server that dies ends the next statement with an error; an idle connection need not shout.
  connection.on('error', () => undefined)
  return connection
}

type Fields = readonly (FieldPacket | FieldPacket[] | undefined)[] | undefined

/**
 * The rows of all results, one after another. mysql2 gives for one statement its rows and fields,
 * for several statements a list of both; a statement without rows has no fields.
 */
const collectRows = (results: unknown, fields: Fields): string[][] => {
  if (fields === undefined) return []
  const several = fields.some((field) => field === undefined || Array.isArray(field))
  const sets = several
    ? (results as unknown[]).filter((_, n) => fields[n] !== undefined)
    : [results]
  return (sets as string[][][]).flat()
}

/** Runs statements on an open connection. Rows of all results follow each other; NULL is `NULL`. */
export const runSql = async (connection: Connection, text: string): Promise<string[][]> => {
  const [results, fields] = await connection.query(text)
  return collectRows(results, fields)
}

/** Opens a connection, runs statements on it as runSql does, and closes it. */
export const runSqlOnce = async (
  at: Endpoint,
  text: string,
  login?: Login,
): Promise<string[][]> => {
  const connection = await connect(at, login)
  try {
    const rows = await runSql(connection, text)
    await connection.end()
    return rows
  } finally {
    connection.destroy()
  }
}
