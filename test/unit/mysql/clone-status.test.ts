import { describe, expect, it } from 'vitest'
import { readCloneStatus } from '../../../src/mysql/clone-status.ts'
import { scriptedSession } from './scripted-session.ts'

const sql = /FROM performance_schema\.clone_status ORDER BY ID$/u

const row = {
  ID: '1',
  PID: '16',
  STATE: 'Completed',
  BEGIN_TIME: '2026-11-20 10:07:42.108',
  END_TIME: '2026-11-20 10:07:42.214',
  SOURCE: 'LOCAL INSTANCE',
  DESTINATION: '/b/c1/',
  ERROR_NO: '0',
  ERROR_MESSAGE: '',
  BINLOG_FILE: './binlog.000002',
  BINLOG_POSITION: '3336319',
  GTID_EXECUTED: 'a:1-2,\nb:1',
}

describe('readCloneStatus', () => {
  it('types the columns', async () => {
    expect(await readCloneStatus(scriptedSession({ sql, rows: [row] }))).toEqual([
      {
        id: 1,
        pid: 16,
        state: 'Completed',
        beginTime: new Date('2026-11-20T10:07:42.108Z'),
        endTime: new Date('2026-11-20T10:07:42.214Z'),
        source: 'LOCAL INSTANCE',
        destination: '/b/c1/',
        errorNo: 0,
        errorMessage: '',
        binlogFile: './binlog.000002',
        binlogPosition: 3336319n,
        gtidExecuted: 'a:1-2,b:1',
      },
    ])
  })

  it('takes NULL columns and a state it does not know, the latter for a failure', async () => {
    const empty = Object.fromEntries(Object.keys(row).map((name) => [name, null]))
    const [status] = await readCloneStatus(
      scriptedSession({ sql, rows: [{ ...empty, STATE: 'Exploded' }] }),
    )
    expect(status).toMatchObject({ state: 'Failed', endTime: null, binlogPosition: 0n, errorNo: 0 })
  })

  it('has no rows where the plugin is not loaded, but passes on other errors', async () => {
    expect(await readCloneStatus(scriptedSession({ sql, errno: 1146 }))).toEqual([])
    await expect(readCloneStatus(scriptedSession({ sql, errno: 1142 }))).rejects.toMatchObject({
      details: { errno: 1142 },
    })
  })
})
