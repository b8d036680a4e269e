// The replication channel by which the restored server applies binlogs as if they were its relay logs. It is a
// channel of its own, so that one the donor had is neither used nor lost, and it is gone at the end.

import { basename } from 'node:path'
import type { Session } from '../../mysql/session.ts'
import { quoteText } from '../../mysql/sql-text.ts'

/** Lower case: the server writes it so into the names of the files. */
export const CHANNEL = 'clonectl'

/** Base name of the relay logs (relay_log). */
export const RELAY_LOG = 'relay'

const forChannel = `FOR CHANNEL '${CHANNEL}'`

/** Points the channel to a position in its first relay log and starts its applier. Throws SERVER. */
export const startApplier = async (
  session: Session,
  firstLog: string,
  position: number,
): Promise<void> => {
  // Without a host the server takes no relay log; nothing ever connects to it.
  await session.query(
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'none', RELAY_LOG_FILE = ${quoteText(firstLog)}, RELAY_LOG_POS = ${position} ${forChannel}`,
  )
  await session.query(`START REPLICA SQL_THREAD ${forChannel}`)
}

/** Removes the channel, if there is one; the relay logs go with it. Throws SERVER. */
export const removeChannel = async (session: Session): Promise<void> => {
  const known = await session.query(
    'SELECT 1 FROM performance_schema.replication_applier_configuration WHERE CHANNEL_NAME = ?',
    [CHANNEL],
  )
  if (known.length === 0) return
  await session.query(`STOP REPLICA ${forChannel}`)
  await session.query(`RESET REPLICA ALL ${forChannel}`)
}

export interface ApplierStatus {
  readonly isRunning: boolean
  /** Name of the relay log up to which everything is applied, and the position in it. */
  readonly file: string
  readonly position: number
  /** Why it stopped; undefined when nothing is wrong. Holds no statement: there might be a secret in it. */
  readonly error: string | undefined
}

/** Asks how far the applier is. Throws SERVER. */
export const readApplierStatus = async (session: Session): Promise<ApplierStatus> => {
  const [row = {}] = await session.query(`SHOW REPLICA STATUS ${forChannel}`)
  const failed = row['Last_SQL_Errno'] !== '0'
  return {
    isRunning: row['Replica_SQL_Running'] === 'Yes',
    file: basename(row['Relay_Log_File'] ?? ''),
    position: Number(row['Relay_Log_Pos'] ?? 0),
    error: failed ? await readApplierError(session, row['Last_SQL_Error'] ?? '') : undefined,
  }
}

/** A worker knows what went wrong; the coordinator only that something did. */
const readApplierError = async (session: Session, coordinator: string): Promise<string> => {
  const worker = await session.value(
    `SELECT LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker WHERE CHANNEL_NAME = '${CHANNEL}' AND LAST_ERROR_NUMBER <> 0 ORDER BY LAST_ERROR_TIMESTAMP LIMIT 1`,
  )
  return withoutStatement(worker ?? coordinator)
}

/** "… Error 'x' on query. Default database: 'y'. Query: 'z'" (rpl_replica.cc, rpl_rli_pdb.cc). */
const withoutStatement = (message: string): string => message.replace(/\s*Query: '.*$/su, '')
