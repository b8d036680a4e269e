// Rows of performance_schema.clone_status: the last clone made here (MySQL keeps one row, GreatSQL
// ten), and on a server started from a clone, where the clone's binlog coordinates are.
import { serverErrno } from './server-errno.ts'
import { parseServerTime } from './server-time.ts'
import type { Row, Session } from './session.ts'

// MySQL manual, "The clone_status Table"; the texts come from clone_status.cc.
const cloneStates = ['Not Started', 'In Progress', 'Completed', 'Failed'] as const

export type CloneState = (typeof cloneStates)[number]

export interface CloneStatus {
  readonly id: number
  /** Processlist id of the session that runs CLONE; 0 for a clone this server was started from. */
  readonly pid: number
  readonly state: CloneState
  readonly beginTime: Date | null
  readonly endTime: Date | null
  /** "LOCAL INSTANCE" or "host:port". */
  readonly source: string
  /** The directory, often with a slash at the end; "LOCAL INSTANCE" when the clone is this server. */
  readonly destination: string
  readonly errorNo: number
  readonly errorMessage: string
  /** As the server wrote it ("./binlog.000002" or "binlog.000002"); empty until started from. */
  readonly binlogFile: string
  readonly binlogPosition: bigint
  readonly gtidExecuted: string
}

const columns =
  'ID, PID, STATE, BEGIN_TIME, END_TIME, SOURCE, DESTINATION, ERROR_NO, ERROR_MESSAGE, ' +
  'BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED'

/** CHAR(16); an unknown word is taken for a failure, never for success. */
const stateOf = (text: string): CloneState =>
  cloneStates.find((state) => state === text) ?? 'Failed'

const cloneStatusOf = (row: Row): CloneStatus => {
  const text = (column: string): string => row[column] ?? ''
  return {
    id: Number(text('ID')),
    pid: Number(text('PID')),
    state: stateOf(text('STATE')),
    beginTime: parseServerTime(text('BEGIN_TIME')),
    endTime: parseServerTime(text('END_TIME')),
    source: text('SOURCE'),
    destination: text('DESTINATION'),
    errorNo: Number(text('ERROR_NO')),
    errorMessage: text('ERROR_MESSAGE'),
    binlogFile: text('BINLOG_FILE'),
    binlogPosition: BigInt(text('BINLOG_POSITION')),
    gtidExecuted: text('GTID_EXECUTED').replace(/\s/gu, ''),
  }
}

/** ER_NO_SUCH_TABLE: the table exists only while the clone plugin is loaded. */
const noSuchTable = 1146

/** All rows, oldest first; none when the clone plugin is not loaded. Throws SERVER. */
export const readCloneStatus = async (session: Session): Promise<readonly CloneStatus[]> => {
  try {
    const rows = await session.query(
      `SELECT ${columns} FROM performance_schema.clone_status ORDER BY ID`,
    )
    return rows.map(cloneStatusOf)
  } catch (error) {
    if (serverErrno(error) === noSuchTable) return []
    throw error
  }
}
