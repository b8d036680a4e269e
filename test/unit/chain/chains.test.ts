import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains, type Member, usableBackups } from '../../../src/chain/chains.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'
import { forests } from '../../fakes/forests.ts'

const idsOf = (members: readonly Member[]) => members.map(({ backup }) => backup.id)
const codesOf = ({ problems }: Member) => problems.map(({ code }) => code)

const full = makeFull(1)
const first = makeIncrement(full, 2)
const second = makeIncrement(first, 3)

/** Says of each backup of the first chain what is wrong with it. */
const judge = (...backups: readonly Backup[]) =>
  Object.fromEntries(
    buildChains(backups).chains.flatMap(({ members }) =>
      members.map((member) => [member.backup.id, codesOf(member)]),
    ),
  )

describe('buildChains', () => {
  it('makes nothing of nothing', () => {
    expect(buildChains([])).toEqual({ chains: [], orphans: [] })
  })

  it('puts a full first, then what descends from it, oldest first', () => {
    const fork = makeIncrement(full, 4)
    const { chains, orphans } = buildChains([fork, second, full, first])
    expect(chains.map(({ full: { id }, members }) => [id, idsOf(members)])).toEqual([
      [full.id, [full.id, first.id, second.id, fork.id]],
    ])
    expect(chains[0]?.members.flatMap(codesOf)).toEqual([])
    expect(orphans).toEqual([])
  })

  it('keeps chains apart that were taken in turns', () => {
    const other = makeFull(2.5)
    const onOther = makeIncrement(other, 3.5)
    const { chains } = buildChains([full, first, other, second, onOther])
    expect(chains.map(({ members }) => idsOf(members))).toEqual([
      [full.id, first.id, second.id],
      [other.id, onOther.id],
    ])
  })

  it.each<[string, Partial<Backup>, string]>([
    ['of another server', { serverUuid: 'another' }, 'FOREIGN_SERVER'],
    ['that begins too late', { startLsn: full.pageTrackLsn + 1n }, 'LSN_GAP'],
    ['that ends too early', { endLsn: 1n }, 'LSN_REGRESSION'],
  ])('finds an increment %s, and says that all above it are broken', (_, changes, code) => {
    const broken = { ...first, ...changes }
    const third = makeIncrement(second, 4)
    expect(judge(full, broken, second, third)).toEqual({
      [full.id]: [],
      [broken.id]: [code],
      [second.id]: ['BASE_BROKEN'],
      [third.id]: ['BASE_BROKEN'],
    })
  })

  it('spares what sits beside a broken increment', () => {
    const fork = makeIncrement(full, 4)
    expect(judge(full, { ...first, endLsn: 1n }, fork)).toMatchObject({ [fork.id]: [] })
  })

  it('lists increments without a full below them as orphans', () => {
    const { chains, orphans } = buildChains([second, first])
    expect(chains).toEqual([])
    expect(orphans.map((member) => [member.backup.id, codesOf(member)])).toEqual([
      [first.id, ['BASE_MISSING']],
      [second.id, ['BASE_BROKEN']],
    ])
    expect(orphans[0]?.problems[0]?.message).toBe(
      `its base ${full.id} is not among the older sealed backups`,
    )
  })

  it('takes an increment without a recorded base for an orphan', () => {
    const { orphans } = buildChains([full, { ...first, base: undefined }])
    expect(orphans.map(codesOf)).toEqual([['BASE_MISSING']])
    expect(orphans[0]?.problems[0]?.message).toContain('its base (none recorded)')
  })

  it('comes to an end when bases name each other in a circle, or themselves', () => {
    const circle = [
      { ...first, base: second.id },
      { ...second, base: first.id },
      { ...makeIncrement(first, 4), base: makeIncrement(first, 4).id },
    ]
    const { chains, orphans } = buildChains([full, ...circle])
    expect(idsOf(chains[0]?.members ?? [])).toEqual([full.id])
    expect(orphans.map(codesOf)).toEqual([['BASE_MISSING'], ['BASE_BROKEN'], ['BASE_MISSING']])
  })
})

describe('the base that an increment sits on', () => {
  const greatsql = { engine: 'greatsql' } as const
  const three = makeFull(1, greatsql)
  const cumulative = { ...greatsql, startLsn: three.pageTrackLsn, pageTrackLsn: three.pageTrackLsn }
  const four = makeIncrement(three, 2, cumulative)
  const five = makeIncrement(four, 3, cumulative)

  const standing = (...backups: readonly Backup[]) => {
    const { chains, orphans } = buildChains(backups)
    const members = [...chains.flatMap((chain) => chain.members), ...orphans]
    return members.map((member) => [member.base, member.alsoOn, codesOf(member)])
  }

  it('is the one on record; what would do as well is named', () => {
    expect(standing(three, four, five)).toEqual([
      [undefined, [], []],
      [three.id, [], []],
      [four.id, [three.id], []],
    ])
  })

  it('is another one when the one on record is lost', () => {
    expect(standing(three, five)).toEqual([
      [undefined, [], []],
      [three.id, [], []],
    ])
    expect(usableBackups(buildChains([three, five]))).toEqual([three, { ...five, base: three.id }])
  })

  it('is another one when the one on record cannot be restored', () => {
    const broken = { ...four, startLsn: three.pageTrackLsn + 1n }
    expect(standing(three, broken, five)).toEqual([
      [undefined, [], []],
      [three.id, [], ['LSN_GAP']],
      [three.id, [], []],
    ])
  })

  it('may be in another chain, and then the increment belongs there', () => {
    const newer = makeFull(2.5, { ...greatsql, pageTrackLsn: three.pageTrackLsn })
    const { chains } = buildChains([three, newer, five])
    expect(chains.map(({ members }) => idsOf(members))).toEqual([[three.id], [newer.id, five.id]])
  })

  it('is no other one of another chain while the one on record is there', () => {
    const newer = makeFull(2.5, { ...greatsql, pageTrackLsn: three.pageTrackLsn })
    expect(standing(three, newer, four, five).at(2)).toEqual([four.id, [three.id], []])
  })

  it('is none when the link on record does not hold: then the increment is not what it says', () => {
    expect(standing(three, four, { ...five, endLsn: four.endLsn - 1n })).toEqual([
      [undefined, [], []],
      [three.id, [], []],
      [four.id, [], ['LSN_REGRESSION']],
    ])
  })

  it('is found for one that records none', () => {
    expect(standing(three, four, { ...five, base: undefined }).at(-1)).toEqual([
      four.id,
      [three.id],
      [],
    ])
  })

  it('is never another one where clonectl made the increment itself', () => {
    const [a, b, c] = [three, four, five].map((backup) => ({ ...backup, engine: 'mysql' as const }))
    expect(standing(a!, b!, c!).at(-1)).toEqual([four.id, [], []])
    expect(standing(a!, c!).at(-1)).toEqual([four.id, [], ['BASE_MISSING']])
  })
})

describe('usableBackups', () => {
  it('are those without a problem, oldest first, whatever chain they belong to', () => {
    const broken = makeIncrement(first, 3, { endLsn: 1n })
    const above = makeIncrement(broken, 4)
    const other = makeFull(2.5)
    const orphan = makeIncrement(makeFull(0), 5)
    expect(usableBackups(buildChains([orphan, above, other, broken, first, full]))).toEqual([
      full,
      first,
      other,
    ])
  })
})

describe('the chains of any forest', () => {
  const shuffled = forests.chain((forest) =>
    fc.record({
      forest: fc.constant(forest),
      mixed: fc.shuffledSubarray([...forest], { minLength: forest.length }),
    }),
  )

  it('are the same in whatever order the backups are read', () => {
    fc.assert(
      fc.property(shuffled, ({ forest, mixed }) => {
        expect(buildChains(mixed)).toEqual(buildChains(forest))
      }),
    )
  })

  it('hold every backup exactly once, with the orphans', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const { chains, orphans } = buildChains(forest)
        const all = [...chains.flatMap(({ members }) => members), ...orphans]
        expect(idsOf(all).sort()).toEqual(forest.map(({ id }) => id).sort())
      }),
    )
  })

  it('call nothing usable that sits on something unusable', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const usable = new Set(usableBackups(buildChains(forest)).map(({ id }) => id))
        const { chains } = buildChains(forest)
        for (const { backup, base } of chains.flatMap(({ members }) => members))
          if (backup.type === 'increment')
            expect(usable.has(backup.id) && !usable.has(base ?? '')).toBe(false)
      }),
    )
  })
})

describe('a full that stands for an increment', () => {
  const merged = makeFull(2, {
    standsFor: first.id,
    pageTrackLsn: first.pageTrackLsn,
    endLsn: first.endLsn,
  })
  const later = makeIncrement(second, 4)

  const standing = (...backups: readonly Backup[]) => {
    const { chains, orphans } = buildChains(backups)
    return [...chains.flatMap((chain) => chain.members), ...orphans].map(
      ({ backup, base, alsoOn, problems }) => [backup.id, base, alsoOn, problems],
    )
  }

  it('is what others of its base sit on, whether that is still there or not', () => {
    const below = [
      [merged.id, undefined, [], []],
      [second.id, merged.id, [], []],
      [later.id, second.id, [], []],
    ]
    expect(standing(merged, second, later)).toEqual(below)
    expect(standing(later, second, first, merged, full)).toEqual([
      [full.id, undefined, [], []],
      [first.id, full.id, [], []],
      below[0],
      [second.id, merged.id, [first.id], []],
      below[2],
    ])
  })

  it('is the base of all that can be restored, and the latest but for these', () => {
    expect(usableBackups(buildChains([full, first, second, merged]))).toEqual([
      full,
      first,
      merged,
      { ...second, base: merged.id },
    ])
  })

  it('takes the place of a base that cannot be restored', () => {
    const members = standing(first, second, merged)
    expect(members).toContainEqual([second.id, merged.id, [], []])
  })

  it('does not make a link hold that does not', () => {
    const late = { ...second, startLsn: merged.pageTrackLsn + 1n }
    const { chains } = buildChains([full, first, merged, late])
    expect(chains[1]?.members.map(codesOf)).toEqual([[], ['LSN_GAP']])
  })

  it('has the same place in whatever order the backups come', () => {
    const all = [full, first, second, merged, later]
    const orders = fc.shuffledSubarray(all, { minLength: all.length })
    fc.assert(
      fc.property(orders, (order) => {
        expect(buildChains(order)).toEqual(buildChains(all))
      }),
    )
  })

  it('takes nobody else in who has the same LSNs', () => {
    const stranger = { ...merged, standsFor: later.id }
    expect(standing(stranger, second)).toContainEqual([
      second.id,
      first.id,
      [],
      [expect.objectContaining({ code: 'BASE_MISSING' })],
    ])
  })
})
