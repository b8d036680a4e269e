// What the account may do, from SHOW GRANTS: without FOR it shows the privileges of the session's
// active roles too, those of roles inside roles included.
import { serverErrno } from './server-errno.ts'
import type { Row, Session } from './session.ts'

/** SELECT on the performance_schema tables that clonectl reads, wherever it was granted. */
export const READ_PERFORMANCE_SCHEMA = 'SELECT ON performance_schema'

const grantPattern = /^GRANT (?<names>.+) ON \*\.\* TO /u

const globalNamesOf = (grant: string): readonly string[] => {
  const names = grantPattern.exec(grant)?.groups?.['names'] ?? ''
  return names.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim().toUpperCase()]))
}

/** The privileges on *.* that lines of SHOW GRANTS name, in capitals. USAGE means none. */
export const globalPrivileges = (grants: readonly string[]): ReadonlySet<string> => {
  const names = new Set(grants.flatMap(globalNamesOf))
  names.delete('USAGE')
  return names
}

/** Whether a set read here holds the privilege; ALL PRIVILEGES holds every one. */
export const hasPrivilege = (privileges: ReadonlySet<string>, name: string): boolean =>
  privileges.has(name.toUpperCase()) ||
  privileges.has(name) ||
  privileges.has('ALL') ||
  privileges.has('ALL PRIVILEGES')

const tablesRead = ['log_status', 'clone_status', 'clone_progress']
const tableAccessDenied = 1142
const noSuchTable = 1146

/** Asks by reading nothing: wildcards, single tables and partial revokes all count that way. */
const mayRead = async (session: Session, table: string): Promise<boolean> => {
  try {
    await session.query(`SELECT 1 FROM performance_schema.${table} LIMIT 0`)
    return true
  } catch (error) {
    const errno = serverErrno(error)
    if (errno === tableAccessDenied) return false
    // The clone tables exist only while the plugin is loaded; that is not a lack of privilege.
    if (errno === noSuchTable) return true
    throw error
  }
}

const grantOf = (row: Row): string => Object.values(row)[0] ?? ''

/**
 * Names of the global privileges of the session, such as "BACKUP_ADMIN" or "REPLICATION CLIENT",
 * and READ_PERFORMANCE_SCHEMA. A role that was granted but is not active counts for nothing, as
 * on the server. Throws SERVER.
 */
export const readPrivileges = async (session: Session): Promise<ReadonlySet<string>> => {
  const privileges = new Set(globalPrivileges((await session.query('SHOW GRANTS')).map(grantOf)))
  const readable = []
  for (const table of tablesRead) readable.push(await mayRead(session, table))
  if (readable.every((may) => may)) privileges.add(READ_PERFORMANCE_SCHEMA)
  return privileges
}
