import { describe, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { normaliseGtidSet } from '../../../src/mysql/gtid-set.ts'
import { findReplay } from '../../../src/restore/replay/find-replay.ts'
import type { ReplayLogs } from '../../../src/restore/replay/replay-range.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'
import {
  bytesOf,
  endsOf,
  logOf,
  type MadeBinlog,
  type MadeLogShape,
  T0,
} from '../../fakes/made-binlogs.ts'
import { failureOf } from '../../process/system/failure-of.ts'

const numbersTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const nameOf = (sequence: number): string => `binlog.${String(sequence).padStart(6, '0')}`

/** Transactions of `a`, and after them of `b`, each committed at the second of its place. */
const binlogOf = (sequence: number, previous: string, ...gtids: readonly string[]): MadeBinlog => ({
  name: nameOf(sequence),
  previousGtids: previous,
  transactions: gtids.map((gtid) => ({ gtid, micros: secondOf(gtid) * 1_000_000 })),
})
const secondOf = (gtid: string): number => Number(gtid.split(':')[1]) + (gtid.startsWith(b) ? 6 : 0)
const of = (uuid: string, from: number, to: number) =>
  numbersTo(from, to).map((number) => `${uuid}:${number}`)

/** The backup holds the first two of the first binlog. */
const first = binlogOf(1, '', ...of(a, 1, 4))
const state = { file: nameOf(1), position: endsOf(first)[2] ?? 0, gtidExecuted: `${a}:1-2` }
const second = binlogOf(2, `${a}:1-4`, ...of(a, 5, 6))
/** As a replica `b` had all of it, and then wrote itself. */
const others = [
  binlogOf(1, '', ...of(a, 1, 6), ...of(b, 1, 2)),
  binlogOf(2, `${a}:1-6,${b}:1-2`, ...of(b, 3, 4)),
]

const routeOf = async (
  startPosition: number,
  ...parts: readonly (readonly [MadeBinlog, MadeLogShape?])[]
): Promise<ReplayLogs> => ({
  startPosition,
  logs: await Promise.all(parts.map(([binlog, shape]) => logOf(binlog, shape))),
})
const ownRoute = () => routeOf(state.position, [first], [second])
const failover = (sealed = false) =>
  routeOf(
    state.position,
    [first, { sealed }],
    [second, { sealed }],
    [others[0]!, { sealed, changesServer: true }],
    [others[1]!, { sealed }],
  )
const othersAlone = () => routeOf(4, [others[0]!, { changesServer: true }], [others[1]!])

const atSecond = (second: number): RecoveryTarget => ({
  kind: 'time',
  time: new Date(T0 + second * 1000),
})
const toGtid = (gtids: string): RecoveryTarget => ({ kind: 'gtid', gtids })

describe('a replay', () => {
  it('goes the first way that reaches the target', async () => {
    const routes = [await ownRoute(), await failover()]
    const near = await findReplay(routes, atSecond(5), state)
    expect(near).toMatchObject({ shortfall: undefined, range: { transactions: 3 } })
    expect(near.range.logs).toHaveLength(2)
    const far = await findReplay(routes, toGtid(`${b}:3`), state)
    expect(far).toMatchObject({ shortfall: undefined, range: { transactions: 7 } })
    expect(far.range.logs).toHaveLength(4)
  })

  it('that reaches the target on no way tells how far the first one leads', async () => {
    const { range, reach, shortfall } = await findReplay(
      [await ownRoute(), await othersAlone()],
      atSecond(30),
      state,
    )
    expect(range).toMatchObject({ transactions: 4, gtids: `${a}:3-6`, isStopped: false })
    expect(reach).toEqual(new Date(T0 + 6000))
    expect(shortfall).toBe('the binlogs reach only to 2026-11-20T09:00:06.000Z')
  })

  it('goes another way when the first is of another history', async () => {
    const foreign = await routeOf(state.position, [binlogOf(1, '', ...of(b, 1, 4))])
    const found = await findReplay([foreign, await ownRoute()], { kind: 'end' }, state)
    expect(found.range.gtids).toBe(`${a}:3-6`)
    expect(await failureOf(findReplay([foreign], { kind: 'end' }, state))).toMatchObject({
      code: 'BINLOG_GAP',
      message: expect.stringContaining('of another history') as string,
    })
  })

  it('tells of the first way when none is sound', async () => {
    const broken = { ...(await ownRoute()), startPosition: state.position + 1 }
    const other = { ...(await ownRoute()), startPosition: state.position + 2 }
    const error = await failureOf(findReplay([broken, other], { kind: 'end' }, state))
    expect(error.message).toContain(`position ${state.position + 1} of ${nameOf(1)}`)
  })

  it('does not begin behind its target', async () => {
    const never: ReplayLogs = { startPosition: 4, logs: [] }
    for (const target of [toGtid(`${a}:1`), { kind: 'before-gtid', gtid: `${a}:2` } as const])
      expect((await failureOf(findReplay([never], target, state))).code).toBe('TARGET_UNREACHABLE')
  })

  it('reaches a time without a transaction when the logs were seen whole later', async () => {
    const routes = [await ownRoute()]
    const seenAt = (second: number) => () => new Date(T0 + second * 1000)
    const shortfall = async (second: number) =>
      (await findReplay(routes, atSecond(30), state, seenAt(second))).shortfall
    expect(await shortfall(29)).toBeDefined()
    expect(await shortfall(30)).toBeUndefined()
  })

  it('reaches any time before a transaction that it does not take', async () => {
    const { reach, shortfall, range } = await findReplay([await ownRoute()], atSecond(5.999), state)
    expect([shortfall, range.isStopped, range.transactions]).toEqual([undefined, true, 3])
    expect(reach).toEqual(new Date(T0 + 6000))
  })
})

describe('a replay across a failover', () => {
  it.each([false, true])(
    'counts what both servers wrote once (known beforehand: %s)',
    async (sealed) => {
      const { range } = await findReplay([await failover(sealed)], { kind: 'end' }, state)
      expect(range).toMatchObject({ transactions: 8, endPosition: endsOf(others[1]!).at(-1) })
      expect(normaliseGtidSet(range.gtids)).toBe(normaliseGtidSet(`${b}:1-4,${a}:3-6`))
    },
  )

  it('stops within what the other server wrote', async () => {
    const target = { kind: 'before-gtid', gtid: `${b}:2` } as const
    const { range } = await findReplay([await failover()], target, state)
    expect(range).toMatchObject({ transactions: 5, isStopped: true })
    expect(range.endPosition).toBe(endsOf(others[0]!)[7])
  })

  it('without the own binlogs leaves out what the backup holds', async () => {
    const { range } = await findReplay([await othersAlone()], toGtid(`${b}:1`), state)
    expect(range).toMatchObject({ transactions: 5, gtids: `${a}:3-6,${b}:1-1` })
  })

  it("takes a position for one of the donor's, whatever the other server calls its binlogs", async () => {
    const position = endsOf(second).at(-1) ?? 0
    const target = { kind: 'position', file: nameOf(2), position } as const
    const { range, shortfall } = await findReplay([await failover()], target, state)
    expect(shortfall).toBeUndefined()
    expect(range).toMatchObject({ transactions: 4, gtids: `${a}:3-6`, endPosition: position })
    expect(range.logs).toHaveLength(2)
    const beyond = { kind: 'position', file: nameOf(3), position: 4 } as const
    expect((await findReplay([await failover()], beyond, state)).shortfall).toBe(
      `the binlogs end at ${nameOf(2)}:${bytesOf(second).length}`,
    )
    const error = await failureOf(findReplay([await othersAlone()], target, state))
    expect(error).toBeInstanceOf(ClonectlError)
    expect(error.message).toContain("only another server's lead on")
  })
})

it('a replay of what was cut off ends with the last whole transaction', async () => {
  const [whole, more] = endsOf(second).slice(1)
  for (const missingBytes of [1, 23, 60, (more ?? 0) - (whole ?? 0) - 1]) {
    const route = await routeOf(state.position, [first], [second, { missingBytes }])
    const { range, reach } = await findReplay([route], { kind: 'end' }, state)
    expect(range).toMatchObject({ transactions: 3, gtids: `${a}:3-5`, endPosition: whole })
    expect(reach).toEqual(new Date(T0 + 5000))
  }
})
