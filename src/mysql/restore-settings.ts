// What server.json keeps: the settings a server must have again to start on the restored files.
import { serverErrno } from './server-errno.ts'
import type { Row, Session } from './session.ts'

export interface ActivePlugin {
  readonly name: string
  readonly type: string
  /** The shared library, such as "mysql_clone.so". */
  readonly library: string
  /** Whether mysql.plugin names it, so that every start loads it; null when that may not be read. */
  readonly registered: boolean | null
}

export interface RestoreSettings {
  /** Value by name of the system variable; only those the server has. */
  readonly variables: Readonly<Record<string, string>>
  /** Active plugins that were loaded from a library. */
  readonly plugins: readonly ActivePlugin[]
  /** URNs of the installed components; null when mysql.component may not be read. */
  readonly components: readonly string[] | null
}

/**
 * The first group decides whether mysqld can read the files at all, the second how they are laid
 * out, the third is there for the person who restores on another machine.
 */
const variableNames = [
  'lower_case_table_names',
  'innodb_page_size',
  'innodb_data_file_path',
  'innodb_checksum_algorithm',
  'innodb_log_checksums',
  'innodb_undo_tablespaces',

  'innodb_data_home_dir',
  'innodb_undo_directory',
  'innodb_log_group_home_dir',
  'innodb_directories',
  'innodb_doublewrite_dir',
  'innodb_temp_data_file_path',

  'version',
  'version_comment',
  'version_compile_machine',
  'version_compile_os',
  'basedir',
  'datadir',
  'plugin_dir',
  'server_id',
  'server_uuid',
  'hostname',
  'port',
  'socket',
  'character_set_server',
  'collation_server',
  'default_authentication_plugin',
  'authentication_policy',
  'default_table_encryption',
  'innodb_redo_log_encrypt',
  'innodb_undo_log_encrypt',
  'innodb_buffer_pool_size',
  'innodb_redo_log_capacity',
  'innodb_log_file_size',
  'innodb_log_files_in_group',
  'sql_mode',
  'time_zone',
  'system_time_zone',
  'gtid_mode',
  'enforce_gtid_consistency',
  'log_bin',
  'log_bin_basename',
  'binlog_format',
  'binlog_encryption',
  'binlog_transaction_compression',
] as const

const readVariables = async (session: Session): Promise<Record<string, string>> => {
  const names = variableNames.map((name) => `'${name}'`).join(', ')
  const rows = await session.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`)
  return Object.fromEntries(rows.map((row) => [row['Variable_name'] ?? '', row['Value'] ?? '']))
}

/** ER_TABLEACCESS_DENIED_ERROR; a backup account need not see the mysql schema. */
const tableAccessDenied = 1142

/** The first column; null when the account may not read the table. */
const readNames = async (session: Session, sql: string): Promise<readonly string[] | null> => {
  try {
    const rows = await session.query(sql)
    return rows.map((row) => Object.values(row)[0] ?? '')
  } catch (error) {
    if (serverErrno(error) === tableAccessDenied) return null
    throw error
  }
}

const pluginOf = (row: Row, registered: ReadonlySet<string> | null): ActivePlugin => ({
  name: row['PLUGIN_NAME'] ?? '',
  registered: registered === null ? null : registered.has(row['PLUGIN_NAME'] ?? ''),
  type: row['PLUGIN_TYPE'] ?? '',
  library: row['PLUGIN_LIBRARY'] ?? '',
})

const readPlugins = async (session: Session): Promise<readonly ActivePlugin[]> => {
  const rows = await session.query(
    // LIBRARY is a reserved word since 9.2, hence the columns' own names.
    'SELECT PLUGIN_NAME, PLUGIN_TYPE, PLUGIN_LIBRARY ' +
      "FROM information_schema.PLUGINS WHERE PLUGIN_STATUS = 'ACTIVE' " +
      'AND PLUGIN_LIBRARY IS NOT NULL ORDER BY PLUGIN_NAME',
  )
  const registered = await readNames(session, 'SELECT name FROM mysql.plugin')
  return rows.map((row) => pluginOf(row, registered && new Set(registered)))
}

/** Reads the settings of a running server. Throws SERVER. */
export const readRestoreSettings = async (session: Session): Promise<RestoreSettings> => ({
  variables: await readVariables(session),
  plugins: await readPlugins(session),
  components: await readNames(session, 'SELECT component_urn FROM mysql.component ORDER BY 1'),
})
