import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { makeBackupId } from '../../../src/chain/backup-id.ts'
import { buildChains } from '../../../src/chain/chains.ts'
import { planExpiry } from '../../../src/chain/plan-expiry.ts'
import { atHour, makeFull, makeIncrement } from '../../fakes/backup.ts'
import { goneOf, idsOf, keptOf, noPolicy, plan, rulesOf } from '../../fakes/expiry-plans.ts'

/** Two chains: a full with two increments in a row and one beside them, then a full with one. */
const old = makeFull(1)
const first = makeIncrement(old, 2)
const second = makeIncrement(first, 3)
const beside = makeIncrement(old, 4)
const young = makeFull(5)
const last = makeIncrement(young, 6)
const all = [old, first, second, beside, young, last]

describe('planExpiry', () => {
  it('lets everything go that no rule names, newest first', () => {
    const outcome = plan(all, { keepFulls: 1 })
    expect(goneOf(outcome)).toEqual(idsOf(beside, second, first, old))
    expect(rulesOf(outcome)).toEqual({
      [young.id]: ['KEEP_FULL'],
      [last.id]: ['KEEP_FULL', 'LAST_GOOD'],
    })
    expect(outcome.expired[2]).toMatchObject({
      why: { code: 'NOT_KEPT', message: 'does not belong to the newest full' },
      dependants: [second.id],
    })
  })

  it('keeps with a full everything that sits on it', () => {
    expect(goneOf(plan(all, { keepFulls: 2 }))).toEqual([])
  })

  it('keeps of a chain what the newest backups sit on, and not what lies beside', () => {
    const outcome = plan([old, first, second, beside], { keepLast: 1 })
    expect(keptOf(outcome)).toEqual(idsOf(old, beside))
    expect(outcome.kept[0]?.reasons).toEqual([
      { rule: 'NEEDED', message: `is needed by ${beside.id}` },
    ])
  })

  it('keeps every time of the window reachable: what lies in it, and the newest before it', () => {
    const outcome = plan(all, { windowStart: atHour(3.5) })
    expect(rulesOf(outcome)).toEqual({
      [old.id]: ['NEEDED'],
      [first.id]: ['NEEDED'],
      [second.id]: ['WINDOW_START'],
      [beside.id]: ['WINDOW'],
      [young.id]: ['WINDOW'],
      [last.id]: ['WINDOW', 'LAST_GOOD'],
    })
    expect(keptOf(plan(all, { windowStart: atHour(5.5) }))).toEqual(idsOf(young, last))
  })

  it('lets a backup that ended after the window began not reach its beginning', () => {
    const windowStart = new Date(young.endTime.getTime() - 1)
    expect(keptOf(plan(all, { windowStart }))).toEqual(idsOf(old, beside, young, last))
    const ended = young.endTime
    expect(keptOf(plan(all, { windowStart: ended }))).toEqual(idsOf(young, last))
  })

  it('keeps everything when all of it is younger than the window', () => {
    expect(goneOf(plan(all, { windowStart: atHour(0) }))).toEqual([])
  })

  it('keeps what any of several rules keeps', () => {
    const labelled = { ...second, label: 'release 7' }
    const outcome = plan([old, first, labelled, beside, young, last], {
      keepLast: 1,
      keepLabel: 'release *',
    })
    expect(goneOf(outcome)).toEqual(idsOf(beside))
    expect(rulesOf(outcome)[labelled.id]).toEqual(['KEEP_LABEL'])
  })

  it('keeps with a pinned child all its parents', () => {
    const outcome = plan(all, { keepFulls: 1 }, { pinned: [second] })
    expect(goneOf(outcome)).toEqual(idsOf(beside))
    expect(rulesOf(outcome)).toMatchObject({
      [old.id]: ['NEEDED'],
      [first.id]: ['NEEDED'],
      [second.id]: ['PINNED'],
    })
  })

  it('counts each server by itself and leaves each its newest', () => {
    const foreign = makeFull(0, { serverUuid: 'another' })
    const outcome = plan([foreign, ...all], { windowStart: atHour(100) })
    expect(keptOf(outcome)).toEqual(idsOf(foreign, young, last))
    expect(outcome.servers.map(({ serverUuid }) => serverUuid)).toEqual(['another', old.serverUuid])
  })

  it('tells what can be reached before and after, and what the next increment sits on', () => {
    const [server] = plan(all, { keepFulls: 1 }).servers
    expect(server).toMatchObject({
      window: {
        before: { from: old.endTime, to: last.endTime },
        after: { from: young.endTime, to: last.endTime },
      },
      nextBase: { before: { id: last.id }, after: { id: last.id } },
    })
  })

  it('says nothing of nothing', () => {
    expect(plan([], { keepFulls: 1 })).toEqual({ kept: [], expired: [], servers: [] })
  })
})

describe('what a verification found damaged', () => {
  it('does not count, and stays while it is newer than what counts', () => {
    const outcome = plan(all, { keepFulls: 1 }, { faulty: [young] })
    expect(goneOf(outcome)).toEqual([])
    expect(rulesOf(plan(all, { keepLast: 1 }, { faulty: [last] }))).toEqual({
      [young.id]: ['KEEP_LAST', 'LAST_GOOD'],
      [last.id]: ['KEEP_LAST', 'LAST_GOOD'],
    })
  })

  it('spoils what sits on it', () => {
    const outcome = plan(all, { keepLast: 1 }, { faulty: [young] })
    expect(rulesOf(outcome)).toEqual({
      [old.id]: ['NEEDED'],
      [beside.id]: ['KEEP_LAST', 'LAST_GOOD'],
      [young.id]: ['KEEP_LAST', 'LAST_GOOD'],
      [last.id]: ['KEEP_LAST', 'LAST_GOOD'],
    })
  })

  it('keeps everything where nothing is good', () => {
    expect(goneOf(plan(all, { keepLast: 1 }, { faulty: [old, young] }))).toEqual([])
  })
})

describe('what cannot be restored', () => {
  const gap = { ...makeIncrement(old, 4.5), startLsn: old.pageTrackLsn + 1n }
  const onGap = makeIncrement(gap, 4.6)
  const broken = [old, first, gap, onGap, young, last]

  it('goes with its chain', () => {
    const outcome = plan(broken, { keepFulls: 1 })
    expect(goneOf(outcome)).toEqual(idsOf(onGap, gap, first, old))
    expect(outcome.expired.map(({ why }) => why.code)).toEqual([
      'WITH_CHAIN',
      'WITH_CHAIN',
      'NOT_KEPT',
      'NOT_KEPT',
    ])
  })

  it('stays while its chain stays, unless it is asked for', () => {
    const held = { pinned: [first] }
    const outcome = plan(broken, { keepFulls: 1 }, held)
    expect(goneOf(outcome)).toEqual([])
    expect(rulesOf(outcome)).toMatchObject({ [gap.id]: ['BROKEN'], [onGap.id]: ['BROKEN'] })
    const asked = plan(broken, { keepFulls: 1, includeBroken: true }, held)
    expect(goneOf(asked)).toEqual(idsOf(onGap, gap))
    expect(asked.expired[1]?.why).toEqual({
      code: 'BROKEN',
      message: 'cannot be restored: LSN_GAP',
    })
  })

  it('keeps the increment it sits on, too', () => {
    const onFirst = { ...makeIncrement(first, 4.5), startLsn: first.pageTrackLsn + 1n }
    const outcome = plan([old, first, onFirst, beside], { keepLast: 1 })
    expect(rulesOf(outcome)).toMatchObject({ [first.id]: ['NEEDED'], [onFirst.id]: ['BROKEN'] })
  })

  it('stays as an orphan until it is asked for, and then while its server has nothing else', () => {
    const orphans = [first, second]
    expect(goneOf(plan([...orphans, young], { keepLast: 1 }))).toEqual([])
    expect(goneOf(plan([...orphans, young], { includeBroken: true }))).toEqual(idsOf(second, first))
    expect(rulesOf(plan(orphans, { includeBroken: true }))).toEqual({
      [first.id]: ['LAST_OF_SERVER'],
      [second.id]: ['LAST_OF_SERVER'],
    })
  })

  it('goes alone where no rule was given', () => {
    const outcome = plan(broken, { includeBroken: true })
    expect(goneOf(outcome)).toEqual(idsOf(onGap, gap))
    expect(rulesOf(outcome)[old.id]).toEqual(['NO_RULE'])
  })
})

describe('where an increment fits on more than its base', () => {
  const greatsql = { engine: 'greatsql' } as const
  const base = makeFull(1, greatsql)
  const cumulative = { ...greatsql, startLsn: base.pageTrackLsn, pageTrackLsn: base.pageTrackLsn }
  const one = makeIncrement(base, 2, cumulative)
  const two = makeIncrement(one, 3, cumulative)

  it('keeps the base it was made on', () => {
    expect(keptOf(plan([base, one, two], { keepLast: 1 }))).toEqual(idsOf(base, one, two))
  })

  it('keeps what took the place of a lost base', () => {
    expect(keptOf(plan([base, two], { keepLast: 1 }))).toEqual(idsOf(base, two))
  })
})

describe('a merged full', () => {
  const merged = makeFull(3, {
    standsFor: second.id,
    pageTrackLsn: second.pageTrackLsn,
    endLsn: second.endLsn,
  })
  const next = makeIncrement(second, 4)

  it('lets go what it stands for, and what that sat on', () => {
    const outcome = plan([old, first, second, merged, next], { keepLast: 2 })
    expect(goneOf(outcome)).toEqual(idsOf(second, first, old))
    expect(rulesOf(outcome)).toMatchObject({ [next.id]: ['KEEP_LAST', 'LAST_GOOD'] })
  })

  it('lets go nothing when it is known to be damaged', () => {
    const known = { faulty: [merged] }
    const outcome = plan([old, first, second, merged, next], { keepLast: 1 }, known)
    expect(goneOf(outcome)).toEqual([])
  })

  it('leaves a window whose times it reaches as well', () => {
    const backups = [old, first, second, merged, next]
    expect(goneOf(plan(backups, { windowStart: atHour(2.9) }))).toEqual(idsOf(second))
    expect(goneOf(plan(backups, { windowStart: atHour(3.9) }))).toEqual(idsOf(second, first, old))
  })
})

describe('100,000 backups', () => {
  it('are planned without looking back at all of them', () => {
    const MINUTE_H = 1 / 60
    const backups: Backup[] = []
    for (let index = 0; index < 100_000; index += 1) {
      const hour = index * MINUTE_H
      const base = backups[index - 1]
      const isFull = base === undefined || index % 1000 === 0
      const id = makeBackupId(atHour(hour), isFull ? 'full' : 'increment')
      backups.push(isFull ? makeFull(hour, { id }) : makeIncrement(base, hour, { id }))
    }
    const chains = buildChains(backups)
    const began = performance.now()
    const outcome = planExpiry(
      { chains, faulty: new Set(), held: new Map() },
      { ...noPolicy, windowStart: atHour(1000.5), keepFulls: 2, keepLabel: 'x*' },
    )
    // It takes half a second; looking at every pair would take minutes.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(outcome.expired).toHaveLength(60_000)
    expect(outcome.kept).toHaveLength(40_000)
  })
})
