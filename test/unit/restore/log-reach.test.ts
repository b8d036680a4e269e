import { describe, expect, it } from 'vitest'
import { reachOfLog } from '../../../src/restore/replay/log-reach.ts'
import { bytesOf, logOf, type MadeBinlog, T0, transaction } from '../../fakes/made-binlogs.ts'

const binlog: MadeBinlog = {
  name: 'binlog.000001',
  transactions: [transaction(1, 5_000_005), transaction(2, 6_000_005)],
}
const at = (milliseconds: number): Date => new Date(T0 + milliseconds)

describe('a binlog', () => {
  it.each([true, false])(
    'reaches to the latest commit, rounded up to the millisecond (indexed: %s)',
    async (sealed) => {
      expect(await reachOfLog(await logOf(binlog, { sealed }))).toEqual(at(6001))
    },
  )

  it('reaches to the time it was begun when it holds no transaction', async () => {
    const empty = await logOf({ ...binlog, transactions: [] })
    expect(await reachOfLog(empty)).toEqual(at(-60_000))
  })

  it('does not reach to a transaction that was cut off', async () => {
    for (const missingBytes of [1, 23, 24, 60])
      expect(await reachOfLog(await logOf(binlog, { missingBytes }))).toEqual(at(5001))
  })

  it('reaches nowhere with nothing in it yet', async () => {
    const log = await logOf(binlog, { missingBytes: bytesOf(binlog).length })
    expect(await reachOfLog(log)).toBeUndefined()
  })
})
