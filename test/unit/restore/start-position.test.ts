import { describe, expect, it } from 'vitest'
import { readRestoredState } from '../../../src/restore/replay/start-position.ts'
import type { Row } from '../../../src/mysql/session.ts'
import { sessionThat } from '../../fakes/clone-context.ts'
import { cloneStatusRow } from '../../fakes/clone-status-row.ts'

const read = (gtids: string, ...rows: readonly Row[]) =>
  readRestoredState(sessionThat((sql) => (sql.includes('clone_status') ? rows : [{ gtids }])))

const where = {
  DESTINATION: 'LOCAL INSTANCE',
  BINLOG_FILE: './binlog.000002',
  BINLOG_POSITION: '3336319',
}

describe('readRestoredState', () => {
  it('is where the instance says its clone ends', async () => {
    expect(await read('a:1-20,\nb:1-3', cloneStatusRow('x', where))).toEqual({
      file: 'binlog.000002',
      position: 3_336_319,
      gtidExecuted: 'a:1-20,b:1-3',
    })
  })

  it('is not that of a clone the donor itself had made', async () => {
    const rows = [cloneStatusRow('/backup'), cloneStatusRow('x', where)]
    expect(await read('', ...rows)).toMatchObject({ file: 'binlog.000002', gtidExecuted: '' })
  })

  it.each([
    ['has no row', []],
    ['names no binlog', [cloneStatusRow('x')]],
  ])('is refused when the instance %s', async (_, rows) => {
    await expect(read('', ...rows)).rejects.toMatchObject({ code: 'BINLOG_GAP' })
  })
})
