// Whether one set of GTIDs can come before another in the same history. Pure.

import { gtidSetIntersects, gtidSetSubtract, parseGtidSet } from './gtid-set.ts'

/**
 * Whether `later` continues `earlier`. It need not hold all of it: the binlogs of a server that was itself
 * made from a copy do not begin at 1. What it lacks must then have come before what it has; a number
 * above belongs to a transaction that the later server never had.
 */
export const isContinuedBy = (earlier: string, later: string): boolean => {
  if (!gtidSetIntersects(earlier, later) && !beginsWhereEnds(earlier, later)) return false
  const begins = new Map(
    [...parseGtidSet(later)].map(([key, intervals]) => [key, intervals[0]?.first ?? 0n] as const),
  )
  return [...parseGtidSet(gtidSetSubtract(earlier, later))].every(([key, intervals]) => {
    const begin = begins.get(key)
    return begin === undefined || intervals.every(({ last }) => last < begin)
  })
}

/** Nothing in common, yet the later set begins with the number after the earlier one's last. */
const beginsWhereEnds = (earlier: string, later: string): boolean => {
  const ends = parseGtidSet(earlier)
  return [...parseGtidSet(later)].some(([key, intervals]) => {
    const end = ends.get(key)?.at(-1)?.last
    return end !== undefined && intervals[0]?.first === end + 1n
  })
}
