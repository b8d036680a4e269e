// Rows of performance_schema.clone_status as a server of 8.0 and later gives them.

import type { Row } from '../../src/mysql/session.ts'

export const cloneStatusRow = (destination: string, changes: Row = {}): Row => ({
  ID: '1',
  PID: '16',
  STATE: 'Completed',
  BEGIN_TIME: '2026-11-20 09:30:12.345',
  END_TIME: '2026-11-20 09:30:48.000',
  SOURCE: 'LOCAL INSTANCE',
  DESTINATION: `${destination}/`,
  ERROR_NO: '0',
  ERROR_MESSAGE: '',
  BINLOG_FILE: '',
  BINLOG_POSITION: '0',
  GTID_EXECUTED: '',
  ...changes,
})
