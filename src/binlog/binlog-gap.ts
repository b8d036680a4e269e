// A place in an archive that recovery cannot cross, with what is known of its two ends.

import { gtidSetUnion } from '../mysql/gtid-set.ts'
import { formatMicros } from '../mysql/commit-time.ts'
import type { BinlogFacts } from './binlog-facts.ts'

export interface BinlogGap {
  /** Names of the two files between which something is missing or does not fit. */
  readonly after: string
  readonly before: string
  /** What the first ends with and the second begins with: GTIDs and time, for people. */
  readonly afterEnd: string
  readonly beforeStart: string
  /** Names of the first and the last file that should lie between them. */
  readonly missingFiles?: { readonly first: string; readonly last: string }
  /** GTIDs that were written between the two and stand in neither. */
  readonly missingGtids?: string
  /**
   * `files`: the numbers skip some. `gtids`: the numbers follow, yet transactions are missing.
   * `history`: the second was not written after the first, so it is another server's or misplaced.
   */
  readonly kind: 'files' | 'gtids' | 'history'
}

/** GTIDs that everything up to the end of this file comes to. */
export const gtidsAtEnd = ({ previousGtids, gtids }: BinlogFacts): string =>
  gtidSetUnion(previousGtids, gtids)

/** "ends at 2026-11-20T09:30:12.345678Z with 3e11…:1-50" */
export const describeEnd = (facts: BinlogFacts): string =>
  describe('ends', facts.lastTimeMicros, gtidsAtEnd(facts))

/** "begins at 2026-11-20T09:41:00.000000Z after 3e11…:1-70" */
export const describeStart = (facts: BinlogFacts): string =>
  describe('begins', facts.firstTimeMicros, facts.previousGtids)

const describe = (verb: 'ends' | 'begins', micros: string | null, gtids: string): string =>
  [
    verb,
    micros === null ? 'without an event' : `at ${formatMicros(BigInt(micros))}`,
    ...(gtids === '' ? [] : [verb === 'ends' ? `with ${gtids}` : `after ${gtids}`]),
  ].join(' ')

/** One sentence that names both ends and what is missing. */
export const describeGap = (gap: BinlogGap): string =>
  `${whatIsWrong(gap)}: ${gap.after} ${gap.afterEnd}; ${gap.before} ${gap.beforeStart}`

const whatIsWrong = ({ kind, after, before, missingFiles, missingGtids }: BinlogGap): string => {
  if (kind === 'history') return `${before} does not continue ${after}`
  if (kind === 'gtids' && missingGtids === undefined) return `the end of ${after} is missing`
  const files =
    missingFiles === undefined
      ? []
      : [missingFiles.first, missingFiles.last].filter((name, at, all) => all.indexOf(name) === at)
  const missing = [files.join(' to '), missingGtids ?? ''].filter((text) => text !== '')
  return `${missing.join(' with ')} missing between ${after} and ${before}`
}
