// The server's redo LSNs and binlog position at one moment, from performance_schema.log_status:
// the server takes both under one lock, so that they belong together.
import { ClonectlError } from '../errors.ts'
import type { Session } from './session.ts'

export interface LogStatus {
  /** Where InnoDB's redo log ends. */
  readonly lsn: bigint
  /** What a crash recovery would start from. */
  readonly checkpointLsn: bigint
  /** Null when the server writes no binlog. */
  readonly binlogFile: string | null
  readonly binlogPosition: bigint | null
  /** GTIDs executed, without the line breaks the server puts in; empty without GTIDs. */
  readonly gtidExecuted: string
}

// The server extracts the members: JSON.parse would round LSNs above 2^53.
const statement =
  "SELECT STORAGE_ENGINES->>'$.InnoDB.LSN' AS lsn, " +
  "STORAGE_ENGINES->>'$.InnoDB.LSN_checkpoint' AS checkpointLsn, " +
  "LOCAL->>'$.binary_log_file' AS binlogFile, " +
  "LOCAL->>'$.binary_log_position' AS binlogPosition, " +
  "LOCAL->>'$.gtid_executed' AS gtidExecuted FROM performance_schema.log_status"

/** Needs BACKUP_ADMIN and SELECT on performance_schema. Throws SERVER. */
export const readLogStatus = async (session: Session): Promise<LogStatus> => {
  const [row] = await session.query(statement)
  const { lsn, checkpointLsn, binlogFile, binlogPosition, gtidExecuted } = row ?? {}
  if (!lsn || !checkpointLsn)
    throw new ClonectlError('SERVER', 'performance_schema.log_status shows no InnoDB LSN', {
      hint: 'Check that performance_schema is ON.',
    })
  return {
    lsn: BigInt(lsn),
    checkpointLsn: BigInt(checkpointLsn),
    binlogFile: binlogFile ?? null,
    binlogPosition: binlogPosition ? BigInt(binlogPosition) : null,
    gtidExecuted: (gtidExecuted ?? '').replace(/\s/gu, ''),
  }
}
