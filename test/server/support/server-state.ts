// What a restored server must have in common with its donor: rows, definitions, accounts, GTIDs.
import { gtidExecuted, tableChecksums } from '../../bed/compare.ts'
import type { Instance } from '../../bed/instance.ts'
import { runSqlOnce, type Login } from '../../bed/sql.ts'

export interface ServerState {
  /** CHECKSUM TABLE by table. */
  readonly checksums: Readonly<Record<string, string>>
  /** Columns, indexes, routines, triggers, events and accounts, a line each. */
  readonly definitions: readonly string[]
  readonly gtid: string
}

const schemas = "('mysql', 'sys', 'performance_schema', 'information_schema')"

const definitionQueries = [
  `SELECT 'column', table_schema, table_name, column_name, column_type, ordinal_position
   FROM information_schema.columns WHERE table_schema NOT IN ${schemas}`,
  `SELECT 'index', table_schema, table_name, index_name, column_name, seq_in_index, non_unique
   FROM information_schema.statistics WHERE table_schema NOT IN ${schemas}`,
  `SELECT 'routine', routine_schema, routine_name, SHA2(routine_definition, 256)
   FROM information_schema.routines WHERE routine_schema NOT IN ${schemas}`,
  `SELECT 'trigger', trigger_schema, trigger_name, SHA2(action_statement, 256)
   FROM information_schema.triggers WHERE trigger_schema NOT IN ${schemas}`,
  `SELECT 'event', event_schema, event_name, interval_value, interval_field, status
   FROM information_schema.events`,
  `SELECT 'account', user, host, plugin, SHA2(authentication_string, 256) FROM mysql.user`,
  `SELECT 'grant', db, user, host, select_priv, insert_priv FROM mysql.db`,
]

/** Whatever answers statements: an instance, or a socket and an account. */
export type Server = Pick<Instance, 'sql'>

/** The same server with another way in: for donors whose root has a password. */
export const loggedIn = ({ sql }: Server, login: Login): Server => ({
  sql: (text, other) => sql(text, other ?? login),
})

/** A server of which only the socket is known. */
export const serverAt = (socket: string, login?: Login): Server => ({
  sql: (text, other) => runSqlOnce({ socket }, text, other ?? login),
})

export const stateOf = async (server: Server): Promise<ServerState> => {
  // The bed's functions send statements and need nothing else of an instance.
  const instance = server as Instance
  const rows = await Promise.all(definitionQueries.map((query) => server.sql(query)))
  return {
    checksums: Object.fromEntries(await tableChecksums(instance)),
    definitions: rows
      .flat()
      .map((row) => row.join(' '))
      .sort(),
    gtid: await gtidExecuted(instance),
  }
}

/** The server's clock, to the microsecond; every transaction confirmed by now was committed before. */
export const clockOf = async (instance: Server): Promise<bigint> => {
  const [row] = await instance.sql('SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)')
  return BigInt(row?.[0] ?? '')
}

/** The first millisecond that is not before this microsecond, as --to-time takes it. */
export const asTargetTime = (micros: bigint): string =>
  new Date(Number((micros + 999n) / 1000n)).toISOString()
