import { describe, expect, it } from 'vitest'
import { listServerHistory } from '../../../src/cli/list-server-history.ts'
import { formatDocument } from '../../../src/cli/output/json.ts'
import { historyListResult } from '../../../src/cli/output/history-list.ts'
import { fullRow } from '../../fakes/history-rows.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { type Exchange, scriptedSession } from '../mysql/scripted-session.ts'

const sql = /FROM mysql\.clone_history ORDER BY ID$/u

const list = (exchange: Omit<Exchange, 'sql'>) =>
  listServerHistory({
    openSession: async () => scriptedSession({ sql, ...exchange }),
    reporter: recordingReporter(),
  })

describe('listServerHistory', () => {
  it('tells what the server remembers', async () => {
    const { document } = await list({ rows: [{ ID: '3', END_LSN: '9223372036854775807' }] })
    expect(JSON.parse(formatDocument(document))).toMatchObject({
      rows: [{ id: '3', endLsn: '9223372036854775807', beginTime: null }],
    })
  })

  it.each([
    [1146, 'it has no mysql.clone_history'],
    [1054, 'its mysql.clone_history has no LSNs'],
  ])('says what error %i means: the server keeps no history', async (errno, what) => {
    await expect(list({ errno })).rejects.toMatchObject({
      code: 'SERVER',
      message: `this server keeps no history of its clones: ${what}`,
      hint: expect.stringContaining('GreatSQL 8.0.32-26') as unknown,
      details: { errno },
    })
  })

  it('passes on any other error', async () => {
    await expect(list({ errno: 1142 })).rejects.toMatchObject({ message: 'scripted' })
  })
})

describe('the list of clones', () => {
  it('is a table', () => {
    const failed = fullRow(4, {
      state: 'Failed',
      errorNo: 1026,
      errorMessage: 'no\nspace',
      endTime: undefined,
      endLsn: 9007199254740993n,
    })
    expect(historyListResult([fullRow(3), failed]).text).toMatchInlineSnapshot(`
      "ID  PID  TYPE  STATE      BEGUN                     ENDED                     START LSN  TRACK LSN           END LSN  SOURCE          DESTINATION  ERROR
       3   11  full  Completed  2026-11-20T00:30:00.000Z  2026-11-20T00:31:00.000Z          0        300               350  LOCAL INSTANCE  /backup/3
       4   11  full  Failed     2026-11-20T00:40:00.000Z                                    0        400  9007199254740993  LOCAL INSTANCE  /backup/4    1026 no space
      "
    `)
  })

  it('says so when there are none', () => {
    expect(historyListResult([]).text).toBe('no clones\n')
  })
})
