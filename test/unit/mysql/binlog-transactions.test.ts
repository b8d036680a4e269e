import { describe, expect, it } from 'vitest'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { scanBinlogBlocks } from '../../../src/mysql/binlog-file.ts'
import { transactionsOf } from '../../../src/mysql/binlog-transactions.ts'
import { serverUuid as a } from '../../fakes/binlog-facts.ts'
import {
  bytesOf,
  endsOf,
  type MadeBinlog,
  microsAt,
  T0,
  transaction,
} from '../../fakes/made-binlogs.ts'
import { binlogBytes, gtidBody } from '../../process/mysql/binlog-bytes.ts'

const foundIn = async (bytes: Buffer) => {
  async function* blocks() {
    await Promise.resolve()
    yield bytes
  }
  const found = []
  for await (const one of transactionsOf(scanBinlogBlocks(blocks(), { name: 'x', open: true })))
    found.push(one)
  return found
}

const binlog: MadeBinlog = {
  name: 'binlog.000001',
  transactions: [
    transaction(1),
    { ...transaction(2), events: [{ type: eventType.query }, { type: eventType.writeRows }] },
    { gtid: undefined, micros: 5 },
  ],
  next: 'binlog.000002',
}

describe('the transactions of a binlog', () => {
  it('have their GTID, their time and their boundaries', async () => {
    const [first = 0, second = 0, third = 0, end = 0] = endsOf(binlog)
    expect(await foundIn(bytesOf(binlog))).toEqual([
      { gtid: `${a}:1`, micros: microsAt(1_000_000), position: first, endPosition: second },
      { gtid: `${a}:2`, micros: microsAt(2_000_000), position: second, endPosition: third },
      { gtid: undefined, micros: microsAt(5), position: third, endPosition: end },
    ])
  })

  it('are whole: one that was cut off anywhere is not among them', async () => {
    const bytes = bytesOf(binlog)
    const ends = endsOf(binlog)
    for (let length = ends[0] ?? 0; length <= bytes.length; length += 1) {
      const whole = ends.slice(1).filter((end) => end <= length).length
      expect(await foundIn(bytes.subarray(0, length)), String(length)).toHaveLength(whole)
    }
  })

  it('are not whole either when another follows, as after a crash of the server', async () => {
    const body = (number: number, transactionBytes: number) =>
      gtidBody(number, microsAt(number), { transactionBytes })
    const bytes = binlogBytes(
      { type: eventType.gtid, body: body(1, 500) },
      { type: eventType.query },
      { type: eventType.gtid, body: body(1, 19 + 60 + 23) },
      { type: eventType.query },
    )
    expect(await foundIn(bytes)).toMatchObject([{ position: 4 + 19 + 60 + 23 }])
  })

  it('are taken for whole, and of their full second, where an old server tells neither', async () => {
    const old = (number: number) => ({
      type: eventType.gtid,
      body: gtidBody(number, 0n).subarray(0, 42),
      seconds: T0 / 1000 + number,
    })
    const found = await foundIn(binlogBytes(old(1), { type: eventType.query }, old(2)))
    expect(found.map(({ micros }) => micros)).toEqual([microsAt(1_000_000), microsAt(2_000_000)])
  })
})
