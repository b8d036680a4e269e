import { describe, expect, it } from 'vitest'
import { normalDestination, readCloneHistory } from '../../../src/mysql/clone-history.ts'
import { scriptedSession } from './scripted-session.ts'

const sql = /FROM mysql\.clone_history ORDER BY ID$/u

const row = {
  ID: '4',
  PID: '11',
  CLONE_TYPE: 'increment clone',
  STATE: 'Completed',
  BEGIN_TIME: '2024-06-18 10:41:47.074',
  END_TIME: '2024-06-18 10:41:48.006',
  SOURCE: 'LOCAL INSTANCE',
  DESTINATION: '/data/backup/clone-incr/20240618-202406181041/',
  ERROR_NO: '0',
  ERROR_MESSAGE: '',
  START_LSN: '9007199254740993',
  PAGE_TRACK_LSN: '9007199254740995',
  END_LSN: '9223372036854775807',
}

describe('readCloneHistory', () => {
  it('P-36: types the columns, LSNs to the last digit', async () => {
    expect(await readCloneHistory(scriptedSession({ sql, rows: [row] }))).toEqual([
      {
        id: '4',
        pid: '11',
        cloneType: 'increment clone',
        state: 'Completed',
        beginTime: new Date('2024-06-18T10:41:47.074Z'),
        endTime: new Date('2024-06-18T10:41:48.006Z'),
        source: 'LOCAL INSTANCE',
        destination: '/data/backup/clone-incr/20240618-202406181041',
        errorNo: 0,
        errorMessage: '',
        startLsn: 9007199254740993n,
        pageTrackLsn: 9007199254740995n,
        endLsn: 9223372036854775807n,
      },
    ])
  })

  it('takes NULL in every column but ID', async () => {
    const empty = Object.fromEntries(Object.keys(row).map((name) => [name, null]))
    expect(
      await readCloneHistory(scriptedSession({ sql, rows: [{ ...empty, ID: '9' }] })),
    ).toMatchObject([
      {
        id: '9',
        pid: '0',
        state: '',
        beginTime: undefined,
        errorNo: 0,
        endLsn: 0n,
        destination: '',
      },
    ])
  })

  it('leaves it to the caller to say that there is no such table', async () => {
    await expect(readCloneHistory(scriptedSession({ sql, errno: 1146 }))).rejects.toMatchObject({
      code: 'SERVER',
      details: { errno: 1146 },
    })
  })
})

describe('P-33: normalDestination', () => {
  it.each([
    ['/b/full/', '/b/full'],
    ['/b//full', '/b/full'],
    ['/b/full', '/b/full'],
    ['/', '/'],
    ['', ''],
  ])('makes %s into %s', (text, expected) => {
    expect(normalDestination(text)).toBe(expected)
  })
})
