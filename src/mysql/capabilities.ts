// What the server can do, found out by asking: version numbers say little, because GreatSQL's
// clone, Percona's builds and MySQL's own innovations move separately.
import { hasPrivilege, readPrivileges } from './privileges.ts'
import { serverErrno } from './server-errno.ts'
import type { Session } from './session.ts'

export interface Capabilities {
  /** The clone plugin is loaded and active. */
  readonly clonePlugin: boolean
  /** component_mysqlbackup is installed: its page-tracking functions exist. */
  readonly mysqlbackupComponent: boolean
  /** The server knows GreatSQL's CLONE ... ENABLE PAGE TRACK START_LSN = n. */
  readonly incrementalClone: boolean
  /** innodb_redo_log_sharp_checkpoint() exists and this account may call it. */
  readonly sharpCheckpoint: boolean
  /** See readPrivileges and hasPrivilege in privileges.ts. */
  readonly privileges: ReadonlySet<string>
}

/**
 * An unknown function is ER_SP_DOES_NOT_EXIST, or ER_NO_DB_ERROR in a session without a default
 * database, because the server then looks for a stored function.
 */
const unknownFunctionErrnos: ReadonlySet<number | undefined> = new Set([1305, 1046])

/** ER_CANT_INITIALIZE_UDF (here: wrong number of arguments) and ER_SPECIFIC_ACCESS_DENIED_ERROR. */
const existsErrnos: ReadonlySet<number | undefined> = new Set([1123, 1227])

/** Whether a loadable function exists. The call must be one that has no effect. */
const functionExists = async (session: Session, harmlessCall: string): Promise<boolean> => {
  try {
    await session.value(`SELECT ${harmlessCall}`)
    return true
  } catch (error) {
    const errno = serverErrno(error)
    if (unknownFunctionErrnos.has(errno)) return false
    if (existsErrnos.has(errno)) return true
    throw error
  }
}

const isClonePluginActive = async (session: Session): Promise<boolean> =>
  (await session.value(
    "SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'",
  )) === 'ACTIVE'

/** clone_incremental_dir is mysqld's own and there before the plugin is loaded. */
const hasIncrementalVariables = async (session: Session): Promise<boolean> => {
  const rows = await session.query(
    'SHOW GLOBAL VARIABLES WHERE Variable_name IN ' +
      "('clone_incremental_dir', 'clone_file_compress')",
  )
  return rows.length > 0
}

const hasHistoryWithLsns = async (session: Session): Promise<boolean> =>
  (await session.value(
    'SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ' +
      "'mysql' AND TABLE_NAME = 'clone_history' AND COLUMN_NAME = 'PAGE_TRACK_LSN'",
  )) === '1'

/** Asks the server what it can do; changes nothing on it. Throws SERVER. */
export const readCapabilities = async (session: Session): Promise<Capabilities> => {
  const privileges = await readPrivileges(session)
  const hasSharpCheckpoint = await functionExists(session, 'innodb_redo_log_sharp_checkpoint(1)')
  return {
    clonePlugin: await isClonePluginActive(session),
    mysqlbackupComponent: await functionExists(session, 'mysqlbackup_page_track_get_start_lsn()'),
    incrementalClone:
      (await hasIncrementalVariables(session)) || (await hasHistoryWithLsns(session)),
    sharpCheckpoint: hasSharpCheckpoint && hasPrivilege(privileges, 'BACKUP_ADMIN'),
    privileges,
  }
}
