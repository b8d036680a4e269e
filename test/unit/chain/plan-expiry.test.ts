import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { makeBackupId } from '../../../src/chain/backup-id.ts'
import { buildChains, usableBackups } from '../../../src/chain/chains.ts'
import { planExpiry, type ExpiryPlan } from '../../../src/chain/plan-expiry.ts'
import type { KeepReason, RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { sortedMembers } from '../../../src/chain/server-backups.ts'
import { atHour, makeFull, makeIncrement } from '../../fakes/backup.ts'
import { forests } from '../../fakes/forests.ts'

const noPolicy: RetentionPolicy = {
  windowStart: undefined,
  keepFulls: undefined,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: false,
}

interface Known {
  readonly faulty?: readonly Backup[]
  readonly pinned?: readonly Backup[]
}

const pin: KeepReason = { rule: 'PINNED', message: 'is pinned' }

const plan = (
  backups: readonly Backup[],
  policy: Partial<RetentionPolicy>,
  { faulty = [], pinned = [] }: Known = {},
): ExpiryPlan =>
  planExpiry(
    {
      chains: buildChains(backups),
      faulty: new Set(faulty.map(({ id }) => id)),
      held: new Map(pinned.map(({ id }) => [id, pin])),
    },
    { ...noPolicy, ...policy },
  )

const goneOf = ({ expired }: ExpiryPlan) => expired.map(({ member }) => member.backup.id)
const keptOf = ({ kept }: ExpiryPlan) => kept.map(({ member }) => member.backup.id)
const idsOf = (...backups: readonly Backup[]) => backups.map(({ id }) => id)
const rulesOf = ({ kept }: ExpiryPlan) =>
  Object.fromEntries(
    kept.map(({ member, reasons }) => [member.backup.id, reasons.map(({ rule }) => rule)]),
  )

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
      why: { code: 'NOT_KEPT', message: 'is not of the newest 1 fulls' },
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

const policies: fc.Arbitrary<RetentionPolicy> = fc.record({
  windowStart: fc.option(
    fc.integer({ min: 0, max: 30 }).map((n) => atHour(n / 4)),
    {
      nil: undefined,
    },
  ),
  keepFulls: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  keepLast: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  keepLabel: fc.constantFrom(undefined, 'a*'),
  includeBroken: fc.boolean(),
})

/** A repository of two servers, some backups labelled, some pinned, some known to be damaged. */
const scenes = fc
  .tuple(forests, forests, policies, fc.infiniteStream(fc.nat({ max: 9 })))
  .map(([one, other, policy, dice]) => {
    const foreign = other.map((backup) => ({
      ...backup,
      id: `${backup.id}2`,
      base: backup.base === undefined ? undefined : `${backup.base}2`,
      serverUuid: 'another',
    }))
    const backups = [...one, ...foreign].map((backup) =>
      dice.next().value === 0 ? { ...backup, label: 'a label' } : backup,
    )
    const some = () => backups.filter(() => dice.next().value === 1)
    return { backups, policy, known: { faulty: some(), pinned: some() } }
  })

const standing = (backups: readonly Backup[]) =>
  new Map(
    sortedMembers(buildChains(backups)).map(({ backup, base, problems }) => [
      backup.id,
      { base, problems },
    ]),
  )

describe('of any repository and any policy', () => {
  const holds = (
    property: (scene: {
      readonly backups: readonly Backup[]
      readonly policy: RetentionPolicy
      readonly known: Required<Known>
      readonly outcome: ExpiryPlan
    }) => void,
  ) => {
    fc.assert(
      fc.property(scenes, ({ backups, policy, known }) =>
        property({ backups, policy, known, outcome: plan(backups, policy, known) }),
      ),
      { numRuns: 300 },
    )
  }

  it('every backup either goes or stays', () => {
    holds(({ backups, outcome }) => {
      expect([...goneOf(outcome), ...keptOf(outcome)].sort()).toEqual(idsOf(...backups).sort())
    })
  })

  it('nothing is cut or orphaned, wherever the moving stops', () => {
    holds(({ backups, outcome }) => {
      const before = standing(backups)
      const gone = new Set<string>()
      for (const id of goneOf(outcome)) {
        gone.add(id)
        const left = backups.filter((backup) => !gone.has(backup.id))
        for (const [kept, now] of standing(left)) {
          const then = before.get(kept)
          expect(now.problems.map(({ code }) => code)).toEqual(
            then?.problems.map(({ code }) => code),
          )
          expect(now.base).toBe(then?.base)
        }
      }
    })
  })

  it('nothing stays that neither a rule names nor anything kept sits on', () => {
    holds(({ outcome }) => {
      const bases = new Set(outcome.kept.map(({ member }) => member.base))
      for (const { member, reasons } of outcome.kept) {
        expect(reasons.length).toBeGreaterThan(0)
        if (reasons.every(({ rule }) => rule === 'NEEDED'))
          expect(bases).toContain(member.backup.id)
      }
    })
  })

  it('the order in which the backups are found does not matter', () => {
    fc.assert(
      fc.property(
        scenes.chain((scene) =>
          fc.record({
            scene: fc.constant(scene),
            shuffled: fc.shuffledSubarray([...scene.backups], {
              minLength: scene.backups.length,
            }),
          }),
        ),
        ({ scene: { backups, policy, known }, shuffled }) => {
          const one = plan(backups, policy, known)
          const other = plan(shuffled, policy, known)
          expect(rulesOf(other)).toEqual(rulesOf(one))
          expect(goneOf(other)).toEqual(goneOf(one))
        },
      ),
    )
  })

  it('each server keeps its newest usable backup, so increments go on', () => {
    holds(({ backups, outcome }) => {
      const kept = new Set(keptOf(outcome))
      for (const uuid of new Set(backups.map(({ serverUuid }) => serverUuid))) {
        const own = usableBackups(buildChains(backups)).filter((b) => b.serverUuid === uuid)
        const newest = own.at(-1)
        if (newest !== undefined) expect(kept).toContain(newest.id)
        const { before, after } =
          outcome.servers.find(({ serverUuid }) => serverUuid === uuid)?.nextBase ?? {}
        expect(after?.id).toBe(before?.id)
      }
    })
  })

  it('every time of the window that could be reached still can', () => {
    holds(({ backups, policy: { windowStart }, outcome }) => {
      if (windowStart === undefined) return
      const kept = new Set(keptOf(outcome))
      const usable = usableBackups(buildChains(backups))
      for (const uuid of new Set(usable.map(({ serverUuid }) => serverUuid))) {
        const own = usable.filter(({ serverUuid }) => serverUuid === uuid)
        const left = own.filter(({ id }) => kept.has(id))
        const reaches = (some: readonly Backup[]) => some.some((b) => b.endTime <= windowStart)
        expect(reaches(left)).toBe(reaches(own))
        const within = own.filter(({ endTime }) => endTime > windowStart)
        expect(left).toEqual(expect.arrayContaining(within))
      }
    })
  })

  it('asked again, it lets nothing more go', () => {
    holds(({ backups, policy, known, outcome }) => {
      const kept = new Set(keptOf(outcome))
      const left = backups.filter(({ id }) => kept.has(id))
      expect(goneOf(plan(left, policy, known))).toEqual([])
    })
  })
})

describe('100,000 backups', () => {
  it('are planned in under a second', () => {
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
    expect(performance.now() - began).toBeLessThan(1000)
    expect(outcome.expired).toHaveLength(60_000)
    expect(outcome.kept).toHaveLength(40_000)
  })
})
