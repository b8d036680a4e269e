import { describe, expect, it } from 'vitest'
import type { BinlogTransaction } from '../../../src/mysql/binlog-transactions.ts'
import { stopRuleFor } from '../../../src/restore/replay/stop-rule.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { binlogFacts, otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'
import { microsAt, T0 } from '../../fakes/made-binlogs.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const FILE = 'binlog.000002'

const transaction = (changes: Partial<BinlogTransaction> = {}): BinlogTransaction => ({
  gtid: `${a}:1`,
  micros: microsAt(0),
  position: 200,
  endPosition: 300,
  ...changes,
})
const withGtid = (gtid: string | undefined) => transaction({ gtid })

/** How many of these are taken, asked as a replay asks. */
const taken = (target: RecoveryTarget, held: string, given: readonly BinlogTransaction[]) => {
  const rule = stopRuleFor(target, held)
  const stop = given.findIndex((one) => !rule.takes(one, FILE))
  return stop === -1 ? given.length : stop
}
const end = { name: FILE, sizeBytes: 1000, reach: new Date(T0) }

describe('a target time', () => {
  const at = (micros: number): RecoveryTarget => ({
    kind: 'time',
    time: new Date(T0 + Math.floor(micros / 1000)),
    ...(micros % 1000 > 0 && { micros: micros % 1000 }),
  })
  const committed = (micros: number) => transaction({ micros: microsAt(micros) })

  it.each([
    [5_000, 5_000, 1],
    [5_000, 5_001, 0],
    [5_001, 5_001, 1],
    [5_001, 5_002, 0],
    [5_999, 6_000, 0],
  ])('of %i µs: what was committed at %i µs belongs %i times', (target, micros, count) => {
    expect(taken(at(target), '', [committed(micros)])).toBe(count)
  })

  it('is looked for in a binlog only when something in it was committed later', () => {
    const { mayStopIn } = stopRuleFor(at(5_001), '')
    const until = (micros: number) => binlogFacts({ lastTimeMicros: String(microsAt(micros)) })
    expect([5_000, 5_001, 5_002].map((micros) => mayStopIn(until(micros)))).toEqual([
      false,
      false,
      true,
    ])
    expect(mayStopIn(binlogFacts({}))).toBe(false)
  })

  it('is reached by binlogs that are known to reach to it', () => {
    expect(stopRuleFor(at(0), '').shortfall(end)).toBeUndefined()
    expect(stopRuleFor(at(1), '').shortfall(end)).toBe(
      'the binlogs reach only to 2026-11-20T09:00:00.000Z',
    )
    expect(stopRuleFor(at(0), '').shortfall({ ...end, reach: undefined })).toBe(
      'the binlogs reach only to the end of the backup',
    )
  })
})

describe('a target GTID', () => {
  const to = (gtids: string): RecoveryTarget => ({ kind: 'gtid', gtids })
  const row = [`${a}:5`, `${b}:1`, undefined, `${a}:6`, `${a}:7`].map(withGtid)

  it.each([
    [`${a}:5`, 1],
    [`${a}:6`, 4],
    [`${b}:1`, 2],
    [`${a}:7`, 5],
    [`${b}:1,${a}:6`, 4],
    [`${a}:5-6`, 4],
  ])('%s is included, and nothing after it', (gtids, count) => {
    expect(taken(to(gtids), `${a}:1-4`, row)).toBe(count)
  })

  it('may be a set of which the backup holds a part', () => {
    expect(taken(to(`${a}:1-6`), `${a}:1-4`, row)).toBe(4)
    expect(taken(to(`${a}:3,${b}:1`), `${a}:1-4`, row)).toBe(2)
  })

  it('lets a binlog pass that cannot hold the last of it', () => {
    const rule = stopRuleFor(to(`${a}:5-7`), `${a}:1-4`)
    expect(rule.mayStopIn(binlogFacts({ gtids: `${a}:5-6` }))).toBe(false)
    rule.pass(binlogFacts({ gtids: `${a}:5-6` }))
    expect(rule.shortfall(end)).toBe(`the binlogs do not hold ${a}:7`)
    expect(rule.mayStopIn(binlogFacts({ gtids: `${a}:7-9` }))).toBe(true)
    expect(rule.takes(withGtid(`${a}:7`), FILE)).toBe(true)
    expect(rule.shortfall(end)).toBeUndefined()
    expect(rule.takes(withGtid(`${a}:8`), FILE)).toBe(false)
  })

  it('ends a replay also when the last of it lay in a binlog that was let pass', () => {
    const rule = stopRuleFor(to(`${a}:5`), '')
    rule.pass(binlogFacts({ gtids: `${a}:1-9` }))
    expect(rule.mayStopIn(binlogFacts({ gtids: `${a}:10` }))).toBe(true)
    expect(rule.takes(withGtid(`${a}:10`), FILE)).toBe(false)
  })
})

describe('a GTID to stop before', () => {
  const before = (gtid: string): RecoveryTarget => ({ kind: 'before-gtid', gtid })
  const row = [`${a}:5`, undefined, `${a}:6`, `${a}:tag:6`].map(withGtid)

  it.each([
    [`${a}:5`, 0],
    [`${a}:6`, 2],
    [`${a.toUpperCase()}:6`, 2],
    [`${a}:tag:6`, 3],
    [`${a}:66`, 4],
  ])('%s', (gtid, count) => {
    expect(taken(before(gtid), `${a}:1-4`, row)).toBe(count)
  })

  it('is not reached when it does not come', () => {
    const rule = stopRuleFor(before(`${a}:9`), '')
    expect(rule.mayStopIn(binlogFacts({ gtids: `${a}:1-8` }))).toBe(false)
    expect(rule.mayStopIn(binlogFacts({ gtids: `${a}:1-9` }))).toBe(true)
    expect(rule.shortfall(end)).toBe(`the binlogs do not hold ${a}:9`)
    rule.takes(withGtid(`${a}:9`), FILE)
    expect(rule.shortfall(end)).toBeUndefined()
  })
})

describe('a target position', () => {
  const to = (position: number, file = FILE): RecoveryTarget => ({
    kind: 'position',
    file,
    position,
  })
  const row = [
    transaction({ position: 200, endPosition: 300 }),
    transaction({ position: 300, endPosition: 450, gtid: `${a}:2` }),
  ]

  it.each([
    [4, 0],
    [200, 0],
    [300, 1],
    [450, 2],
    [451, 2],
  ])('%i takes what ends there or before', (position, count) => {
    expect(taken(to(position), '', row)).toBe(count)
  })

  it.each([201, 299])(
    'within a transaction is refused, and both neighbours are named: %i',
    (at) => {
      expect(refusalOf(() => taken(to(at), '', row))).toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: `${FILE}:${at} lies within a transaction (${a}:1), which is replayed whole or not at all`,
        hint: `before it: --to-position ${FILE}:200; with it: --to-position ${FILE}:300`,
      })
    },
  )

  it('of another file takes all of this one, or nothing', () => {
    expect(taken(to(4, 'binlog.000010'), '', row)).toBe(2)
    expect(taken(to(999, 'binlog.000001'), '', row)).toBe(0)
    const { mayStopIn } = stopRuleFor(to(4, 'binlog.000010'), '')
    const names = ['binlog.000009', 'binlog.000010', 'binlog.000011']
    expect(names.map((name) => mayStopIn(binlogFacts({ name })))).toEqual([false, true, true])
  })

  it('is reached when the binlogs have it', () => {
    const shortfall = (position: number, file?: string) =>
      stopRuleFor(to(position, file), '').shortfall(end)
    expect(shortfall(1000)).toBeUndefined()
    expect(shortfall(9999, 'binlog.000001')).toBeUndefined()
    expect(shortfall(1001)).toBe(`the binlogs end at ${FILE}:1000`)
    expect(shortfall(4, 'binlog.000003')).toBe(`the binlogs end at ${FILE}:1000`)
  })
})

describe('the end of the binlogs', () => {
  it('takes everything, reads nothing that need not be read, and is always reached', () => {
    const rule = stopRuleFor({ kind: 'end' }, '')
    expect(rule.mayStopIn(binlogFacts({}))).toBe(false)
    expect(rule.takes(transaction(), FILE)).toBe(true)
    expect(rule.shortfall({ ...end, reach: undefined })).toBeUndefined()
  })
})
