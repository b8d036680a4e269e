// Whether binlogs follow each other without anything missing: by the numbers of their names, and by
// their GTIDs where the server writes them. Pure.

import { formatBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'
import { gtidSetContains, gtidSetSubtract } from '../mysql/gtid-set.ts'
import { type BinlogGap, describeEnd, describeStart, gtidsAtEnd } from './binlog-gap.ts'
import type { BinlogArchive, BinlogMember } from './binlog-archive.ts'
import type { BinlogFacts } from './binlog-facts.ts'

/** Binlogs that follow each other without a gap. */
export interface BinlogRun {
  readonly serverUuid: string
  /** The archive's directory. */
  readonly directory: string
  /** At least one, in their order; the open ones come last. */
  readonly members: readonly BinlogMember[]
  /** What parts it from the run before; undefined for the first. */
  readonly gapBefore?: BinlogGap
}

/**
 * What is wrong between two binlogs of one archive, the second of which has the higher number; undefined
 * when it continues the first. With GTIDs, all that was written before the second must be exactly what
 * was written before the first and in it; without them the names have to do.
 */
export const gapBetween = (one: BinlogFacts, next: BinlogFacts): BinlogGap | undefined => {
  const ends = {
    after: one.name,
    before: next.name,
    afterEnd: describeEnd(one),
    beforeStart: describeStart(next),
  }
  const reached = gtidsAtEnd(one)
  const missingFiles = filesBetween(one.name, next.name)
  const follows = gtidSetContains(next.previousGtids, reached)
  if (missingFiles === 'other' || !follows || contradicts(one, next, missingFiles))
    return { ...ends, kind: 'history' }
  const missing = gtidSetSubtract(next.previousGtids, reached)
  const missingGtids = missing === '' ? {} : { missingGtids: missing }
  if (missingFiles !== undefined) return { ...ends, kind: 'files', missingFiles, ...missingGtids }
  return missing === '' && !lacksItsEnd(one)
    ? undefined
    : { ...ends, kind: 'gtids', ...missingGtids }
}

/** With GTIDs it is known whether anything was in the end of a binlog that was cut; else it must be feared. */
const lacksItsEnd = (facts: BinlogFacts): boolean =>
  facts.cut === true && (facts.anonymous > 0 || gtidsAtEnd(facts) === '')

type FilesBetween = BinlogGap['missingFiles'] | 'other'

/** `other`: the names cannot be of one series, in this order. */
const filesBetween = (one: string, next: string): FilesBetween => {
  const [first, second] = [parseBinlogName(one), parseBinlogName(next)]
  if (first === undefined || first.base !== second?.base) return 'other'
  if (second.sequence <= first.sequence) return 'other'
  if (second.sequence === first.sequence + 1) return undefined
  const { base } = first
  return {
    first: formatBinlogName({ base, sequence: first.sequence + 1 }),
    last: formatBinlogName({ base, sequence: second.sequence - 1 }),
  }
}

/** The end of the first tells of another file than the one whose number is next. */
const contradicts = (one: BinlogFacts, next: BinlogFacts, missing: FilesBetween): boolean =>
  one.nextName !== null &&
  one.nextName !== (typeof missing === 'object' ? missing.first : next.name)

/** Of the archives that were asked for before: comparing GTIDs takes its time. */
const known = new WeakMap<BinlogArchive, readonly BinlogRun[]>()

/** The runs of an archive, oldest first; none when it is empty. */
export const runsOf = (archive: BinlogArchive): readonly BinlogRun[] => {
  const runs = known.get(archive) ?? partAtGaps(archive)
  known.set(archive, runs)
  return runs
}

const partAtGaps = (archive: BinlogArchive): readonly BinlogRun[] => {
  const { serverUuid, directory } = archive
  const runs: (BinlogRun & { readonly members: BinlogMember[] })[] = []
  let last: BinlogMember | undefined
  for (const member of archive.members) {
    const gap = last === undefined ? undefined : gapBetween(last.facts, member.facts)
    const run = runs.at(-1)
    if (run === undefined || gap !== undefined)
      runs.push({ serverUuid, directory, members: [member], ...(gap && { gapBefore: gap }) })
    else run.members.push(member)
    last = member
  }
  return runs
}

/** Every gap of an archive, oldest first. */
export const gapsOf = (archive: BinlogArchive): readonly BinlogGap[] =>
  runsOf(archive).flatMap(({ gapBefore }) => gapBefore ?? [])
