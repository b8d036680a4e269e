// mysql.clone_history: one row for every clone with a DATA DIRECTORY, written when it has ended
// (GreatSQL manual for the table, clone_client.cc persist_clone_view for the row).
import type { Instance } from '../../bed/instance.ts'
import { stateNames } from '../formats/view-status.ts'
import { textLiteral } from '../sql/literals.ts'
import type { CloneEntry } from '../server/clone-status.ts'

const table = `CREATE TABLE IF NOT EXISTS mysql.clone_history (
  \`ID\` int NOT NULL AUTO_INCREMENT,
  \`PID\` int DEFAULT '0',
  \`CLONE_TYPE\` varchar(50) DEFAULT NULL,
  \`STATE\` char(16) DEFAULT NULL,
  \`BEGIN_TIME\` timestamp(3) NULL DEFAULT NULL,
  \`END_TIME\` timestamp(3) NULL DEFAULT NULL,
  \`SOURCE\` varchar(512) DEFAULT NULL,
  \`DESTINATION\` varchar(512) DEFAULT NULL,
  \`ERROR_NO\` int DEFAULT NULL,
  \`ERROR_MESSAGE\` varchar(512) DEFAULT NULL,
  \`BINLOG_FILE\` varchar(512) DEFAULT NULL,
  \`BINLOG_POSITION\` bigint DEFAULT NULL,
  \`GTID_EXECUTED\` varchar(4096) DEFAULT NULL,
  \`START_LSN\` bigint DEFAULT NULL,
  \`PAGE_TRACK_LSN\` bigint DEFAULT NULL,
  \`END_LSN\` bigint DEFAULT NULL,
  PRIMARY KEY (\`ID\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=0
  COMMENT='Clone history'`

/** What GreatSQL's --initialize makes. */
export const createHistory = async (server: Instance): Promise<void> => {
  await server.sql(`SET sql_log_bin = 0; ${table}`)
}

/**
 * Source and destination are put between quotes as they are: a path with a quote in it breaks the
 * statement, as it does in GreatSQL (persist_clone_view).
 */
const insertRow = (entry: CloneEntry, full: boolean): string => {
  const status = entry.status()
  const values = [
    'NULL',
    String(entry.pid),
    full ? "'full clone'" : "'increment clone'",
    `'${stateNames[status.state] ?? ''}'`,
    `(select from_unixtime(${status.beginMicros}/1000000))`,
    `(select from_unixtime(${status.endMicros}/1000000))`,
    `'${entry.source}'`,
    `'${entry.destination}'`,
    String(status.errorNumber),
    textLiteral(status.errorMessage),
    "''",
    '0',
    "''",
    String(status.startLsn),
    String(status.pageTrackLsn),
    String(status.endLsn),
  ]
  return `INSERT INTO mysql.clone_history VALUES (${values.join(', ')})`
}

/** Returns false when the row could not be written. */
export const writeHistory = async (
  server: Instance,
  entry: CloneEntry,
  full: boolean,
): Promise<boolean> => {
  try {
    await server.sql(`SET sql_log_bin = 0; ${insertRow(entry, full)}`)
    return true
  } catch {
    // The server would say why in its error log only.
    return false
  }
}
