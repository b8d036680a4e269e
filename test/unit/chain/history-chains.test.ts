import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildHistoryChains,
  type HistoryChains,
  type HistoryMember,
} from '../../../src/chain/history-chains.ts'
import { parseHistoryText } from '../../../src/chain/history-text.ts'
import { type HistoryRow, historyRowOf } from '../../../src/mysql/clone-history.ts'
import { atMinute, fullRow, IDLE_CHAIN, incrementRow } from '../../fakes/history-rows.ts'

const seed = parseHistoryText(IDLE_CHAIN, 'F').map(historyRowOf)
const [three, four, five] = seed as [HistoryRow, HistoryRow, HistoryRow]

const codes = ({ problems }: HistoryMember) => problems.map(({ code }) => code)

/** `4 on 3 or 2 (CODE)` for each member; orphans in a list of their own. */
const tell = ({ chains, orphans }: HistoryChains) => {
  const line = (member: HistoryMember): string =>
    [
      member.row.id,
      ...(member.base === undefined ? [] : ['on', member.base]),
      ...(member.alsoOn.length === 0 ? [] : ['or', member.alsoOn.join(' ')]),
      ...codes(member),
    ].join(' ')
  return { chains: chains.map(({ members }) => members.map(line)), orphans: orphans.map(line) }
}

const built = (...rows: readonly HistoryRow[]) => tell(buildHistoryChains(rows))

describe('the chain of an idle server', () => {
  const orders = [
    [three, four, five],
    [three, five, four],
    [four, three, five],
    [four, five, three],
    [five, three, four],
    [five, four, three],
  ] as const

  it.each(orders)('P-30, P-31: is 3 ==> 4 ==> 5 in any order, and 5 fits on 3, too', (...rows) => {
    expect(built(...rows)).toEqual({ chains: [['3', '4 on 3', '5 on 4 or 3']], orphans: [] })
  })

  it('P-32: is told by its rows, not by the times in the names of directories', () => {
    expect(five.destination).toContain('202406181350')
    expect(five.endTime?.toISOString()).toBe('2024-06-18T13:49:37.227Z')
  })

  it.each<[string, readonly HistoryRow[], readonly string[], readonly string[]]>([
    ['without 4', [three, five], ['3', '5 on 3'], []],
    [
      'with a failed 4',
      [three, { ...four, state: 'Failed', errorNo: 1317, endLsn: 0n }, five],
      ['3', '5 on 3'],
      ['4 FAILED'],
    ],
    ['without 3', [four, five], [], ['4 BASE_MISSING', '5 BASE_BROKEN']],
    [
      'with a 5 of another server',
      [three, four, { ...five, source: '172.16.16.10:3306' }],
      ['3', '4 on 3'],
      ['5 FOREIGN_SERVER'],
    ],
    [
      'with a 5 that ends before 4',
      [three, four, { ...five, endLsn: four.endLsn - 1n }],
      ['3', '4 on 3'],
      ['5 LSN_REGRESSION'],
    ],
    [
      'with a 5 that ends before 3',
      [three, four, { ...five, endLsn: three.endLsn - 1n }],
      ['3', '4 on 3'],
      ['5 LSN_REGRESSION'],
    ],
  ])('%s is what is left', (_what, rows, chain, orphans) => {
    const chains = chain.length === 0 ? [] : [chain]
    expect(built(...rows)).toEqual({ chains, orphans })
    expect(built(...rows.toReversed())).toEqual({ chains, orphans })
  })

  it('says what the orphans need', () => {
    const [first, second] = buildHistoryChains([four, five]).orphans
    expect(first?.problems[0]?.message).toBe(
      'needs a base with PAGE_TRACK_LSN 21635197273 or more, and there is none before it',
    )
    expect(second?.problems[0]?.message).toBe('sits on ID 4, which cannot be restored')
  })
})

describe('buildHistoryChains', () => {
  it('makes nothing of nothing', () => {
    expect(built()).toEqual({ chains: [], orphans: [] })
  })

  it('goes on from the newest full', () => {
    expect(
      built(
        fullRow(1),
        incrementRow(2, 100),
        fullRow(3),
        incrementRow(4, 300),
        incrementRow(5, 150),
      ),
    ).toEqual({
      chains: [
        ['1', '2 on 1'],
        ['3', '4 on 3', '5 on 4 or 3'],
      ],
      orphans: [],
    })
  })

  it('keeps servers apart whose clones were taken in turns', () => {
    const [b, B] = [{ source: 'db1:3306' }, { source: ' DB1:3306 ' }]
    expect(built(fullRow(1), fullRow(2, b), incrementRow(3, 100), incrementRow(4, 200, B))).toEqual(
      {
        chains: [
          ['1', '3 on 1'],
          ['2', '4 on 2'],
        ],
        orphans: [],
      },
    )
  })

  it('gives equal ends to the higher ID', () => {
    const at = { beginTime: atMinute(0), endTime: atMinute(1), pageTrackLsn: 900n, endLsn: 950n }
    const rows = [fullRow(10, at), fullRow(9, at), incrementRow(11, 900, { endLsn: 2000n })]
    expect(built(...rows).chains).toEqual([['9'], ['10', '11 on 10']])
  })

  it('takes no base that ended after the increment began', () => {
    const late = incrementRow(2, 100, { endTime: atMinute(35) })
    expect(built(fullRow(1), late, incrementRow(3, 100)).chains).toEqual([
      ['1', '2 on 1', '3 on 1 FORK'],
    ])
  })

  it('takes one that ended when the increment began, even in the same millisecond', () => {
    const at = { beginTime: atMinute(1), endTime: atMinute(1) }
    const rows = [incrementRow(3, 200, at), incrementRow(2, 100, at), fullRow(1, at)]
    expect(built(...rows).chains).toEqual([['1', '2 on 1', '3 on 2']])
  })

  it('says that a fork is one', () => {
    const rows = [fullRow(1), incrementRow(2, 100, { pageTrackLsn: 0n }), incrementRow(3, 100)]
    const { chains } = buildHistoryChains(rows)
    expect(tell({ chains, orphans: [] }).chains).toEqual([['1', '2 on 1', '3 on 1 FORK']])
    expect(chains[0]?.members[2]?.problems[0]?.message).toBe(
      'sits on ID 1 beside ID 2, not on top of it',
    )
  })

  it('starts anew where the LSN of a full falls: nothing sits on what is older', () => {
    const rebuilt = [
      fullRow(30),
      incrementRow(31, 3000),
      fullRow(40, { pageTrackLsn: 100n, endLsn: 150n }),
      incrementRow(41, 100, { pageTrackLsn: 200n, endLsn: 250n }),
      incrementRow(42, 3000),
    ]
    expect(built(...rebuilt)).toEqual({
      chains: [
        ['30', '31 on 30'],
        ['40 LSN_RESTARTED', '41 on 40'],
      ],
      orphans: ['42 LSN_GAP'],
    })
  })

  it('does not take a full without any LSN for a new beginning', () => {
    const bare = fullRow(2, { pageTrackLsn: 0n, endLsn: 0n })
    expect(built(fullRow(1), bare, incrementRow(3, 100)).chains).toEqual([['1', '3 on 1'], ['2']])
  })

  it.each<[string, readonly HistoryRow[], string]>([
    ['LSN_GAP', [fullRow(1), incrementRow(2, 101)], '2 LSN_GAP'],
    ['NOT_TRACKED', [fullRow(1, { pageTrackLsn: 0n }), incrementRow(2, 100)], '2 NOT_TRACKED'],
    [
      'BASE_MISSING where another server has passed the LSN',
      [fullRow(1, { source: 'db1:3306', endLsn: 9000n }), incrementRow(2, 100)],
      '2 BASE_MISSING',
    ],
    ['LSN_INVALID', [fullRow(1), incrementRow(2, 201)], '2 LSN_INVALID'],
    ['TYPE_UNKNOWN', [fullRow(1), incrementRow(2, 100, { cloneType: 'incr' })], '2 TYPE_UNKNOWN'],
    ['TIME_INVALID', [fullRow(1), incrementRow(2, 100, { endTime: undefined })], '2 TIME_INVALID'],
    ['NOT_COMPLETED', [fullRow(1), incrementRow(2, 100, { state: '' })], '2 NOT_COMPLETED'],
  ])('tells %s apart', (_code, rows, orphan) => {
    expect(built(...rows).orphans).toEqual([orphan])
  })

  it('is not stopped by a row that is rejected', () => {
    const rows = [
      fullRow(1),
      incrementRow(2, 100, { endLsn: 900n }),
      incrementRow(3, 100),
      incrementRow(10, 200),
    ]
    expect(built(...rows)).toEqual({
      chains: [['1', '2 on 1', '10 on 2']],
      orphans: ['3 LSN_REGRESSION'],
    })
  })
})

/** Rows of two servers over a day; some failed, some without tracking, some with other LSNs. */
const histories = fc
  .array(
    fc.record({
      full: fc.boolean(),
      source: fc.constantFrom('LOCAL INSTANCE', 'LOCAL INSTANCE', 'db1:3306'),
      begin: fc.nat(20),
      took: fc.nat(3),
      start: fc.integer({ min: 1, max: 12 }),
      track: fc.nat(12),
      end: fc.nat(14),
      state: fc.constantFrom('Completed', 'Completed', 'Completed', 'Failed'),
    }),
    { maxLength: 14 },
  )
  .map((plan) =>
    plan.map(({ full, source, begin, took, start, track, end, state }, index) => {
      const [startLsn, pageTrackLsn, endLsn] = [full ? 0 : start, track, end].map(BigInt)
      const [beginTime, endTime] = [atMinute(begin), atMinute(begin + took)]
      const facts = {
        source,
        state,
        startLsn: startLsn!,
        pageTrackLsn: pageTrackLsn!,
        endLsn: endLsn!,
      }
      const row = full ? fullRow(index + 1) : incrementRow(index + 1, 0)
      return { ...row, ...facts, beginTime, endTime }
    }),
  )

describe('the chains of any history', () => {
  it('are the same in whatever order its rows are read', () => {
    const shuffled = histories.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    )
    fc.assert(
      fc.property(shuffled, ([rows, mixed]) => {
        expect(buildHistoryChains(mixed)).toEqual(buildHistoryChains(rows))
      }),
    )
  })

  it('hold every row exactly once, with the orphans', () => {
    fc.assert(
      fc.property(histories, (rows) => {
        const { chains, orphans } = buildHistoryChains(rows)
        const all = [...chains.flatMap(({ members }) => members), ...orphans]
        expect(all.map(({ row }) => row.id).sort()).toEqual(rows.map(({ id }) => id).sort())
      }),
    )
  })

  it('hold by proof: server, times and LSNs fit in every link, the others too', () => {
    fc.assert(
      fc.property(histories, (rows) => {
        const byId = new Map(rows.map((row) => [row.id, row]))
        for (const { full, members } of buildHistoryChains(rows).chains) {
          const inChain = new Set(members.map(({ row }) => row.id))
          for (const { row, base, alsoOn } of members.filter((member) => member.row !== full))
            for (const id of [...alsoOn, base!]) {
              const under = byId.get(id)!
              expect(inChain.has(id)).toBe(true)
              expect(under).toMatchObject({ state: 'Completed', source: row.source })
              expect(under.endTime <= row.beginTime!).toBe(true)
              expect(row.startLsn <= under.pageTrackLsn && under.pageTrackLsn > 0n).toBe(true)
              expect(row.endLsn >= under.endLsn).toBe(true)
            }
        }
      }),
    )
  })
})

describe('a history of 100,000 rows', () => {
  const rows = (facts: (id: number) => Partial<HistoryRow>): readonly HistoryRow[] =>
    Array.from({ length: 100_000 }, (_, id) =>
      id === 0 ? fullRow(0, { pageTrackLsn: 1n }) : incrementRow(id, 1, facts(id)),
    )

  it.each([
    ['each on the one before', rows((id) => ({ startLsn: BigInt(id * 100 - 99) }))],
    ['all fit on all before', rows(() => ({ pageTrackLsn: 1n }))],
    ['only the full has tracking', rows(() => ({ pageTrackLsn: 0n }))],
    ['each of another server', rows((id) => ({ source: `db${id}:3306` }))],
  ])('is planned without looking back at all of them: %s', (_what, history) => {
    const began = performance.now()
    const { chains, orphans } = buildHistoryChains(history)
    expect(chains.flatMap(({ members }) => members).length + orphans.length).toBe(100_000)
    // Looking at every pair would take minutes.
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})
