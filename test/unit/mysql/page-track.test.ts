import { describe, expect, it } from 'vitest'
import {
  MAX_LSN,
  pageTrackingStart,
  purgePageTracking,
  startPageTracking,
  stopPageTracking,
} from '../../../src/mysql/page-track.ts'
import { scriptedSession } from './scripted-session.ts'

const start = /^SELECT mysqlbackup_page_track_get_start_lsn\(\)$/u

describe('page tracking', () => {
  it('starts and tells since when it tracks', async () => {
    const session = scriptedSession(
      { sql: /^SELECT mysqlbackup_page_track_set\(1\)$/u, rows: [{ v: '19421031' }] },
      { sql: start, rows: [{ v: '19421031' }] },
    )
    expect(await startPageTracking(session)).toBe(19421031n)
    expect(await pageTrackingStart(session)).toBe(19421031n)
    session.expectDone()
  })

  it('does not call stop when it is off, which would leave an empty group behind', async () => {
    const session = scriptedSession({ sql: start, rows: [{ v: '0' }] })
    expect(await stopPageTracking(session)).toBe(0n)
    session.expectDone()
  })

  it('stops when it is on', async () => {
    const session = scriptedSession(
      { sql: start, rows: [{ v: '5' }] },
      { sql: /^SELECT mysqlbackup_page_track_set\(0\)$/u, rows: [{ v: '9' }] },
    )
    expect(await stopPageTracking(session)).toBe(9n)
  })

  it('purges everything with the largest LSN, exactly', async () => {
    const session = scriptedSession({
      sql: /^SELECT mysqlbackup_page_track_purge_up_to\(9223372036854775807\)$/u,
      rows: [{ v: '9223372036854775807' }],
    })
    expect(await purgePageTracking(session, MAX_LSN)).toBe(MAX_LSN)
  })

  it.each([
    ['-1', 'it refused the call'],
    ['-3804', 'a clone is running'],
    ['-9', 'error log'],
    [null, 'answered NULL'],
  ])('makes an error of the answer %s', async (answer, text) => {
    const session = scriptedSession({ sql: start, rows: [{ v: answer }] })
    await expect(pageTrackingStart(session)).rejects.toMatchObject({
      code: 'SERVER',
      message: expect.stringContaining(text),
      details: { answer },
    })
  })
})
