// Rows of mysql.clone_history as GreatSQL wrote them, in the form of \G, and rows made up.

import type { HistoryRow } from '../../src/mysql/clone-history.ts'

/** A full and two increments made while the server was idle: all start where the full's tracking did. */
export const IDLE_CHAIN = `*************************** 1. row ***************************
             ID: 3
            PID: 11
     CLONE_TYPE: full clone
          STATE: Completed
     BEGIN_TIME: 2024-06-18 10:39:28.214
       END_TIME: 2024-06-18 10:39:42.980
         SOURCE: LOCAL INSTANCE
    DESTINATION: /data/backup/clone-full/20240618/
       ERROR_NO: 0
  ERROR_MESSAGE:
    BINLOG_FILE:
BINLOG_POSITION: 0
  GTID_EXECUTED:
      START_LSN: 0
 PAGE_TRACK_LSN: 21635197273
        END_LSN: 21635237128
*************************** 2. row ***************************
             ID: 4
            PID: 11
     CLONE_TYPE: increment clone
          STATE: Completed
     BEGIN_TIME: 2024-06-18 10:41:47.074
       END_TIME: 2024-06-18 10:41:48.006
         SOURCE: LOCAL INSTANCE
    DESTINATION: /data/backup/clone-incr/20240618-202406181041/
       ERROR_NO: 0
  ERROR_MESSAGE:
    BINLOG_FILE:
BINLOG_POSITION: 0
  GTID_EXECUTED:
      START_LSN: 21635197273
 PAGE_TRACK_LSN: 21635197273
        END_LSN: 21635283915
*************************** 3. row ***************************
             ID: 5
            PID: 20
     CLONE_TYPE: increment clone
          STATE: Completed
     BEGIN_TIME: 2024-06-18 13:49:36.436
       END_TIME: 2024-06-18 13:49:37.227
         SOURCE: LOCAL INSTANCE
    DESTINATION: /data/backup/clone-incr/20240618-202406181350/
       ERROR_NO: 0
  ERROR_MESSAGE:
    BINLOG_FILE:
BINLOG_POSITION: 0
  GTID_EXECUTED:
      START_LSN: 21635197273
 PAGE_TRACK_LSN: 21635197273
        END_LSN: 21635331027
`

const BLANK = ' '

/** A full whose DESTINATION has no slash at its end, and whose empty values have a blank. */
export const WITH_BLANKS = `*************************** 1. row ***************************
             ID: 1
            PID: 8
     CLONE_TYPE: full clone
          STATE: Completed
     BEGIN_TIME: 2024-06-10 15:05:41.288
       END_TIME: 2024-06-10 15:06:01.537
         SOURCE: LOCAL INSTANCE
    DESTINATION: /data/backup/clone-full/20240610
       ERROR_NO: 0
  ERROR_MESSAGE:${BLANK}
    BINLOG_FILE:${BLANK}
BINLOG_POSITION: 0
  GTID_EXECUTED:${BLANK}
      START_LSN: 0
 PAGE_TRACK_LSN: 21083116
        END_LSN: 21083759
`

const MINUTE_MS = 60_000

/** So many minutes after midnight. */
export const atMinute = (minute: number): Date =>
  new Date(Date.UTC(2026, 10, 20) + minute * MINUTE_MS)

/** A full clone with this ID, begun that many minutes after midnight, which took a minute. */
export const fullRow = (id: number, changes: Partial<HistoryRow> = {}): HistoryRow => ({
  id: String(id),
  pid: '11',
  cloneType: 'full clone',
  state: 'Completed',
  beginTime: atMinute(id * 10),
  endTime: atMinute(id * 10 + 1),
  source: 'LOCAL INSTANCE',
  destination: `/backup/${id}`,
  errorNo: 0,
  errorMessage: '',
  startLsn: 0n,
  pageTrackLsn: BigInt(id * 100),
  endLsn: BigInt(id * 100 + 50),
  ...changes,
})

/** An increment with the changes since `startLsn`. */
export const incrementRow = (
  id: number,
  startLsn: number,
  changes: Partial<HistoryRow> = {},
): HistoryRow =>
  fullRow(id, { cloneType: 'increment clone', startLsn: BigInt(startLsn), ...changes })
