import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains, usableBackups } from '../../../src/chain/chains.ts'
import type { ExpiryPlan } from '../../../src/chain/plan-expiry.ts'
import type { RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { sortedMembers } from '../../../src/chain/server-backups.ts'
import { atHour } from '../../fakes/backup.ts'
import { goneOf, idsOf, keptOf, type Known, plan, rulesOf } from '../../fakes/expiry-plans.ts'
import { forests } from '../../fakes/forests.ts'

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

/** The full that a merge makes of a chain. */
const mergedOf = (tip: Backup): Backup => ({
  ...tip,
  id: `${tip.id}m`,
  type: 'full',
  base: undefined,
  startLsn: 0n,
  standsFor: tip.id,
})

/** A repository of two servers, some chains merged, some backups labelled, pinned, or known to be damaged. */
const scenes = fc
  .tuple(forests, forests, policies, fc.infiniteStream(fc.nat({ max: 9 })))
  .map(([one, other, policy, dice]) => {
    const foreign = other.map((backup) => ({
      ...backup,
      id: `${backup.id}2`,
      base: backup.base === undefined ? undefined : `${backup.base}2`,
      serverUuid: 'another',
    }))
    const tips = usableBackups(buildChains([...one, ...foreign])).filter(
      ({ type }) => type === 'increment' && dice.next().value === 2,
    )
    const backups = [...one, ...foreign, ...tips.map(mergedOf)].map((backup) =>
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
        // A merged full reaches the same time as what it stands for.
        const within = (some: readonly Backup[]) =>
          new Set(
            some.map(({ endTime }) => endTime.getTime()).filter((t) => t > Number(windowStart)),
          )
        expect(within(left)).toEqual(within(own))
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
