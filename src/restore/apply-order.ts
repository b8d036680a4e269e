// Whether an increment may be applied to what has been applied so far. It may when it begins no later
// than that reaches, and does not end before it does. The server itself checks nothing of it.

import { ClonectlError } from '../errors.ts'
import type { CloneCheckpoints } from '../mysql/clone-checkpoints.ts'

const isSame = (a: CloneCheckpoints, b: CloneCheckpoints): boolean =>
  a.startLsn === b.startLsn && a.pageTrackLsn === b.pageTrackLsn && a.endLsn === b.endLsn

/**
 * Throws CHAIN_BROKEN when `increment` does not fit on `applied`, the full and what was applied to
 * it. `name` is what errors call the increment.
 */
export const requireFits = (
  applied: readonly CloneCheckpoints[],
  increment: CloneCheckpoints,
  name: string,
): void => {
  const last = applied.at(-1)
  if (last === undefined) throw new Error('a data directory without a full')
  const problem = problemOf(applied, last, increment)
  if (problem === undefined) return
  throw new ClonectlError('CHAIN_BROKEN', `${name} cannot be applied: ${problem}`, {
    hint: 'apply the increments of one chain in the order they were taken, each once',
    details: { increment: textOf(increment), last: textOf(last) },
  })
}

const problemOf = (
  applied: readonly CloneCheckpoints[],
  last: CloneCheckpoints,
  increment: CloneCheckpoints,
): string | undefined => {
  const { startLsn, endLsn } = increment
  if (startLsn === 0n) return 'it is a full'
  if (applied.some((backup) => isSame(backup, increment))) return 'it has been applied already'
  if (last.pageTrackLsn === 0n)
    return 'what it would be applied to was taken without page tracking, so nothing follows it'
  if (startLsn > last.pageTrackLsn)
    return `it begins at LSN ${startLsn}, the data directory reaches ${last.pageTrackLsn}`
  if (endLsn < last.endLsn)
    return `it ends at LSN ${endLsn}, the data directory is at ${last.endLsn} already`
  return undefined
}

const textOf = (lsns: CloneCheckpoints): Readonly<Record<string, string>> => ({
  startLsn: String(lsns.startLsn),
  pageTrackLsn: String(lsns.pageTrackLsn),
  endLsn: String(lsns.endLsn),
})
