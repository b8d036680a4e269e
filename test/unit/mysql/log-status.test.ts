import { describe, expect, it } from 'vitest'
import { readLogStatus } from '../../../src/mysql/log-status.ts'
import { scriptedSession } from './scripted-session.ts'

const sql = /FROM performance_schema\.log_status$/u

describe('readLogStatus', () => {
  it('keeps every digit of an LSN and takes white space out of the GTIDs', async () => {
    const row = {
      lsn: '9007199254740993',
      checkpointLsn: '9007199254740992',
      binlogFile: 'binlog.000003',
      binlogPosition: '1868',
      gtidExecuted: 'a:1-3,\nb:5',
    }
    expect(await readLogStatus(scriptedSession({ sql, rows: [row] }))).toEqual({
      lsn: 9007199254740993n,
      checkpointLsn: 9007199254740992n,
      binlogFile: 'binlog.000003',
      binlogPosition: 1868n,
      gtidExecuted: 'a:1-3,b:5',
    })
  })

  it('says null where there is no binlog', async () => {
    const row = {
      lsn: '5',
      checkpointLsn: '4',
      binlogFile: null,
      binlogPosition: null,
      gtidExecuted: null,
    }
    expect(await readLogStatus(scriptedSession({ sql, rows: [row] }))).toMatchObject({
      binlogFile: null,
      binlogPosition: null,
      gtidExecuted: '',
    })
  })

  it('refuses an answer without InnoDB', async () => {
    await expect(readLogStatus(scriptedSession({ sql }))).rejects.toMatchObject({
      code: 'SERVER',
      message: expect.stringContaining('no InnoDB LSN'),
    })
  })
})
