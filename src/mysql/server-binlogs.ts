// Which binlogs a running server has.
import { ClonectlError } from '../errors.ts'
import { parseBinlogName } from './binlog-name.ts'
import type { Row, Session } from './session.ts'

export interface ServerBinlog {
  /** "binlog.000012" */
  readonly name: string
  /** The number in the name. */
  readonly sequence: number
  /** Of what mysqlbinlog makes of it: without the header of an encrypted file. */
  readonly sizeBytes: number
  readonly encrypted: boolean
}

/** What an encrypted file has before its content (Rpl_encryption_header::HEADER_SIZE, rpl_log_encryption.h). */
const ENCRYPTION_HEADER_BYTES = 512

const binlogOf = (row: Row): ServerBinlog => {
  const name = row['Log_name'] ?? ''
  const parsed = parseBinlogName(name)
  if (parsed === undefined)
    throw new ClonectlError('SERVER', `the server calls a binlog ${JSON.stringify(name)}`, {
      hint: 'expected a name such as binlog.000012; check what SHOW BINARY LOGS answers',
    })
  const encrypted = row['Encrypted'] === 'Yes'
  const sizeBytes = Number(row['File_size'] ?? 0) - (encrypted ? ENCRYPTION_HEADER_BYTES : 0)
  return { name, sequence: parsed.sequence, sizeBytes, encrypted }
}

/**
 * The server's binlogs in their order. The last one is being written to, all others are closed and
 * do not change any more. Needs REPLICATION CLIENT. Throws SERVER.
 */
export const listServerBinlogs = async (session: Session): Promise<readonly ServerBinlog[]> =>
  (await session.query('SHOW BINARY LOGS')).map(binlogOf)
