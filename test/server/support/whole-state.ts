// All that two servers with the same history have in common, as far as statements can tell: for copies that were
// made by replaying, where definitions go wrong rather than rows.
import { stateOf, type Server, type ServerState } from './server-state.ts'

export interface WholeState extends ServerState {
  /** By the kind of what they tell of, a line each. */
  readonly details: Readonly<Record<string, readonly string[]>>
}

const notOurs = "NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')"

/** Times are told in one zone: defaults and schedules are shown in that of whoever asks. */
const zone = "SET time_zone = '+00:00'; SET NAMES utf8mb4"

const queries: Readonly<Record<string, string>> = {
  schemas: `SELECT schema_name, default_character_set_name, default_collation_name
    FROM information_schema.schemata WHERE schema_name ${notOurs} ORDER BY 1`,
  tables: `SELECT table_schema, table_name, table_type, engine, row_format, table_collation, create_options,
    table_comment FROM information_schema.tables WHERE table_schema ${notOurs} ORDER BY 1, 2`,
  columns: `SELECT table_schema, table_name, column_name, column_default, is_nullable, column_type,
    character_set_name, collation_name, extra, generation_expression, column_comment
    FROM information_schema.columns WHERE table_schema ${notOurs} ORDER BY 1, 2, 3`,
  partitions: `SELECT table_schema, table_name, partition_name, partition_method, partition_expression,
    partition_description FROM information_schema.partitions WHERE table_schema ${notOurs} ORDER BY 1, 2, 3`,
  references: `SELECT * FROM information_schema.referential_constraints
    WHERE constraint_schema ${notOurs} ORDER BY 1, 2, 3`,
  checks: `SELECT * FROM information_schema.check_constraints WHERE constraint_schema ${notOurs} ORDER BY 1, 2, 3`,
  views: `SELECT * FROM information_schema.views WHERE table_schema ${notOurs} ORDER BY 1, 2, 3`,
  triggers: `SELECT trigger_schema, trigger_name, event_manipulation, action_statement, action_timing, created,
    sql_mode, definer, character_set_client, collation_connection, database_collation
    FROM information_schema.triggers WHERE trigger_schema ${notOurs} ORDER BY 1, 2`,
  routines: `SELECT routine_schema, routine_name, routine_definition, security_type, created, last_altered, sql_mode,
    routine_comment, definer, character_set_client, collation_connection, database_collation
    FROM information_schema.routines WHERE routine_schema ${notOurs} ORDER BY 1, 2`,
  events: `SELECT event_schema, event_name, definer, time_zone, event_definition, event_type, execute_at,
    interval_value, interval_field, sql_mode, starts, ends, status, on_completion, created, last_altered,
    event_comment, originator, character_set_client, collation_connection, database_collation
    FROM information_schema.events ORDER BY 1, 2`,
  accounts: `CHECKSUM TABLE mysql.user, mysql.db, mysql.columns_priv, mysql.proxies_priv, mysql.global_grants,
    mysql.role_edges, mysql.default_roles, mysql.password_history`,
  grants: `SELECT host, db, user, table_name, timestamp, table_priv, column_priv FROM mysql.tables_priv
    UNION ALL SELECT host, db, user, routine_name, timestamp, routine_type, proc_priv FROM mysql.procs_priv ORDER BY 1, 2, 3, 4`,
  grantors: `SELECT user, table_name, grantor FROM mysql.tables_priv
    UNION ALL SELECT user, routine_name, grantor FROM mysql.procs_priv ORDER BY 1, 2`,
  prepared: 'XA RECOVER CONVERT XID',
}

export const wholeStateOf = async (server: Server): Promise<WholeState> => {
  const details: Record<string, readonly string[]> = {}
  for (const [kind, query] of Object.entries(queries))
    details[kind] = (await server.sql(`${zone}; ${query}`)).map((row) => row.join(' | '))
  return { ...(await stateOf(server)), details }
}
