// A server that was started from a clone shows that clone in clone_status, with the binlog's position
// it was recovered to (clone_status.cc, recover): its real server has found out all of it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { idForZero } from '../basedir/first-clone.ts'
import { stateNames } from '../formats/view-status.ts'
import { parseViewProgress } from '../formats/view-progress.ts'
import type { GreatSql } from './greatsql.ts'

const query = `SELECT ID, STATE, UNIX_TIMESTAMP(BEGIN_TIME), COALESCE(UNIX_TIMESTAMP(END_TIME), 0),
    SOURCE, ERROR_NO, ERROR_MESSAGE, BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED
  FROM performance_schema.clone_status WHERE PID = 0`

const micros = (seconds: string): bigint => BigInt(Math.round(Number(seconds) * 1_000_000))

/** Does nothing on a server that was not started from a clone, or that has no clone plugin. */
export const recallRestored = async ({ server, status }: GreatSql): Promise<void> => {
  const [row] = await server.sql(query).catch(() => [])
  if (row === undefined) return
  const [id = '', state = '', begin = '', end = '', source = ''] = row
  const [errorNumber = '', errorMessage = '', binlogFile = '', position = '', gtids = ''] =
    row.slice(5)
  const ownId = Number(id) === idForZero ? 0 : Number(id)
  const progress = await readFile(join(server.datadir, '#clone', '#view_progress'), 'utf8')
  status.restore({
    status: {
      state: stateNames.findIndex((name) => name === state),
      id: ownId,
      beginMicros: micros(begin),
      endMicros: micros(end),
      source,
      errorNumber: Number(errorNumber),
      errorMessage,
      startLsn: 0n,
      pageTrackLsn: 0n,
      endLsn: 0n,
      binlogFile,
      binlogPosition: BigInt(position),
      gtidExecuted: gtids,
    },
    progress: { ...parseViewProgress(progress), id: ownId },
  })
}
