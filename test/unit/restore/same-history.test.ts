import { describe, expect, it } from 'vitest'
import { findReplayRange } from '../../../src/restore/replay/replay-range.ts'
import { requireSameHistory } from '../../../src/restore/replay/same-history.ts'
import { stopRuleFor } from '../../../src/restore/replay/stop-rule.ts'
import { otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'
import { endsOf, logOf, type MadeBinlog, transaction } from '../../fakes/made-binlogs.ts'
import { failureOf } from '../../process/system/failure-of.ts'

const binlog: MadeBinlog = {
  name: 'binlog.000001',
  transactions: [1, 2, 3].map((number) => transaction(number)),
}

/** Judges the range that begins after so many of the transactions. */
const judge = async (gtidExecuted: string, after: number, changesServer = false) => {
  const position = endsOf(binlog)[after] ?? 0
  const logs = [await logOf(binlog, { changesServer })]
  const rule = stopRuleFor({ kind: 'end' }, gtidExecuted)
  const range = await findReplayRange({ logs, startPosition: position }, rule, gtidExecuted)
  requireSameHistory({ file: binlog.name, position, gtidExecuted }, range)
  return range.gtids
}

describe('requireSameHistory', () => {
  it('accepts binlogs whose transaction before the start is in the backup', async () => {
    await expect(judge(`${a}:1`, 1)).resolves.toBe(`${a}:2-3`)
  })

  it('cannot tell when nothing stands before the start', async () => {
    await expect(judge('', 0)).resolves.toBe(`${a}:1-3`)
    await expect(judge(`${b}:1-9`, 0)).resolves.toBe(`${a}:1-3`)
  })

  it.each(['', `${a}:2-7`, `${b}:1-7`])(
    'refuses them when the backup holds "%s"',
    async (gtidExecuted) => {
      expect(await failureOf(judge(gtidExecuted, 1))).toMatchObject({
        code: 'BINLOG_GAP',
        message: `the binlogs are of another history: ${a}:1 stands before the backup's end in binlog.000001, but the backup does not hold it`,
      })
    },
  )

  it('refuses them when what the backup holds comes again after its end', async () => {
    expect(await failureOf(judge(`${a}:1-3`, 1))).toMatchObject({
      code: 'BINLOG_GAP',
      message: `the binlogs are of another history: transactions that the backup holds stand after its end, binlog.000001:${endsOf(binlog)[1]}`,
    })
  })

  it('lets another server repeat what the backup holds', async () => {
    await expect(judge(`${a}:1-2`, 0, true)).resolves.toBe(`${a}:3-3`)
  })
})
