// Goes through the clones of a history in the order they were begun, and says of each where it
// belongs. What ended before it began can be its base; nothing looks back at all of them, so that a
// history of years takes a moment.

import type { HistoryRow } from '../mysql/clone-history.ts'
import { ALTERNATIVES_LOOKED_AT } from './alternatives.ts'
import { makeBaseStack } from './base-stack.ts'
import {
  beginEra,
  type HistorySource,
  makeHistorySource,
  type OpenChain,
  type PlacedClone,
  takeAccount,
} from './history-source.ts'
import { forkOf, lackOf, regressionOf, restartOf } from './history-verdicts.ts'
import type { Problem } from './problem.ts'

/** Where a clone belongs. */
export interface Place {
  /** ID of the chain's full; undefined for an orphan. */
  readonly chain: string | undefined
  readonly base: string | undefined
  readonly alsoOn: readonly string[]
  readonly problems: readonly Problem[]
}

/** Both are asked for one row after the other, in the order of `byBegin`. */
export interface Sweep {
  placeFull(row: HistoryRow): Place
  placeIncrement(row: HistoryRow): Place
}

const timeOf = (time: Date | undefined): number => time?.getTime() ?? 0

const begin = ({ beginTime }: HistoryRow): number => timeOf(beginTime)
const end = ({ endTime }: HistoryRow): number => timeOf(endTime)
const byId = (a: HistoryRow, b: HistoryRow): number => Number(a.id) - Number(b.id)

/** By begin, end, then ID: rows in any order come out the same. */
export const byBegin = (a: HistoryRow, b: HistoryRow): number =>
  begin(a) - begin(b) || end(a) - end(b) || byId(a, b)

const byEnd = (a: HistoryRow, b: HistoryRow): number =>
  end(a) - end(b) || begin(a) - begin(b) || byId(a, b)

/** Begins to go through `rows`, all of which are sound by themselves. */
export const makeSweep = (rows: readonly HistoryRow[]): Sweep => {
  const placed = new Map<HistoryRow, PlacedClone>()
  const advanceTo = makeAdvance([...rows].sort(byEnd), placed)
  const sources = new Map<string, HistorySource>()
  const allBases = makeBaseStack<PlacedClone>()

  const reach = (row: HistoryRow): HistorySource => {
    for (const base of advanceTo(row)) allBases.add(base)
    const name = row.source.trim().toLowerCase()
    const source = sources.get(name) ?? makeHistorySource()
    sources.set(name, source)
    return source
  }
  const keep = (row: HistoryRow, facts: Pick<PlacedClone, 'source' | 'chain' | 'era'>): void => {
    placed.set(row, { row, pageTrackLsn: row.pageTrackLsn, child: undefined, ...facts })
  }

  return {
    placeFull: (row) => {
      const source = reach(row)
      const restart = restartOf(source, row)
      if (restart !== undefined) beginEra(source)
      keep(row, { source, chain: { id: row.id, bases: [] }, era: source.era })
      return { chain: row.id, base: undefined, alsoOn: [], problems: listOf(restart) }
    },
    placeIncrement: (row) => {
      const source = reach(row)
      const regression = regressionOf(source, row)
      const base = regression === undefined ? source.bases.latestReaching(row.startLsn) : undefined
      const chain = base?.chain
      keep(row, { source, chain, era: regression === undefined ? source.era : undefined })
      return base === undefined || chain === undefined
        ? orphan(regression ?? lackOf(row, source, allBases))
        : placeOn(base, chain, row)
    },
  }
}

/** Takes into account what ended before a row began; gives what something can sit on from now on. */
const makeAdvance = (
  ending: readonly HistoryRow[],
  placed: ReadonlyMap<HistoryRow, PlacedClone>,
): ((row: HistoryRow) => readonly PlacedClone[]) => {
  let ended = 0
  return (row) => {
    const bases: PlacedClone[] = []
    for (let next = ending[ended]; next !== undefined; next = ending[ended]) {
      const clone = end(next) <= begin(row) ? placed.get(next) : undefined
      if (clone === undefined) break
      if (takeAccount(clone)) bases.push(clone)
      ended += 1
    }
    return bases
  }
}

const placeOn = (base: PlacedClone, chain: OpenChain, row: HistoryRow): Place => {
  const problems = listOf(forkOf(base))
  base.child ??= row
  const alsoOn = chain.bases
    .slice(-ALTERNATIVES_LOOKED_AT)
    .filter((other) => other !== base && other.pageTrackLsn >= row.startLsn)
    .map((other) => other.row.id)
  return { chain: chain.id, base: base.row.id, alsoOn, problems }
}

const orphan = (problem: Problem): Place => ({
  chain: undefined,
  base: undefined,
  alsoOn: [],
  problems: [problem],
})

const listOf = (problem: Problem | undefined): readonly Problem[] =>
  problem === undefined ? [] : [problem]
