// Where in an archive a backup's binlogs begin: found by the name of the file on the server it was taken
// from, or by what it holds, wherever that was written to. Pure.

import type { Backup, LogPlace } from '../chain/backup.ts'
import { microsOfDate } from '../mysql/commit-time.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import { gtidSetContains, gtidSetIntersects } from '../mysql/gtid-set.ts'
import type { BinlogArchive } from './binlog-archive.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import { gtidsAtEnd } from './binlog-gap.ts'
import { type BinlogRun, runsOf } from './continuity.ts'
import { continuesFrom } from './other-history.ts'

/** Two hosts may disagree so much about the time. */
const SKEW_MICROS = 600_000_000n

/** As much as stands in a binlog before its first transaction, and some more. */
const HEAD_BYTES = 4096

/**
 * Index of the first binlog of the archive that is replayed on a backup; the number of all when the backup
 * holds everything in them. Undefined when they do not continue it, or it cannot be told.
 */
export const placeOf = (
  archive: BinlogArchive,
  backup: Pick<Backup, 'before' | 'serverUuid'>,
): number | undefined => {
  const { before, serverUuid } = backup
  if (before === undefined) return undefined
  const isOwn = serverUuid === archive.serverUuid
  if (isOwn && isAfter(before, archive)) return undefined
  const { gtidExecuted } = before
  // Another server commits the same transactions at other times.
  if (!isOwn) return placeOfState(archive, gtidExecuted)
  return (
    placeByName(archive, before) ??
    placeByGtids(archive, gtidExecuted, (earlier, facts) => isOfItsTime(earlier, facts, before))
  )
}

/** Whether the server had begun anew since: what it did then is not in this archive. */
export const isAfter = ({ at }: LogPlace, { endedAt }: BinlogArchive): boolean =>
  endedAt !== null && microsOfDate(at) > microsOfDate(new Date(endedAt)) + SKEW_MICROS

/** The same for a place on the archive's own server: the file it names is there, and is that one. */
export const placeByName = (archive: BinlogArchive, place: LogPlace): number | undefined => {
  const { members } = archive
  const { binlogFile, binlogPosition } = place
  if (binlogFile === null || isAfter(place, archive)) return undefined
  const index = indexOf(archive, binlogFile)
  const member = members[index]
  if (member === undefined)
    return isBeyond(members.at(-1)?.facts, place) ? members.length : undefined
  const { facts, sealed } = member
  if (sealed !== undefined && binlogPosition > facts.sizeBytes) return undefined
  if (!gtidSetContains(place.gtidExecuted, facts.previousGtids)) return undefined
  return isOfItsTime(members[index - 1]?.facts, facts, place) ? index : undefined
}

/** Of the archives that were asked for before: there may be a thousand binlogs and as many backups. */
const indexes = new WeakMap<BinlogArchive, ReadonlyMap<string, number>>()

const indexOf = (archive: BinlogArchive, name: string): number => {
  const known =
    indexes.get(archive) ??
    new Map(archive.members.map(({ facts }, index) => [facts.name, index] as const))
  indexes.set(archive, known)
  return known.get(name) ?? -1
}

/** The server had gone on to a file that is not in the archive yet. */
const isBeyond = (last: BinlogFacts | undefined, place: LogPlace): boolean => {
  const [have, want] = [last?.name, place.binlogFile].map((name) => parseBinlogName(name ?? ''))
  if (last === undefined || have === undefined || want === undefined) return false
  return have.base === want.base && want.sequence > have.sequence && !endsLater(last, place)
}

/**
 * A server that begins anew gives the same names and numbers a second time. Then what a backup should hold
 * was written after it was taken.
 */
const isOfItsTime = (
  earlier: BinlogFacts | undefined,
  facts: BinlogFacts,
  place: LogPlace,
): boolean => {
  if (earlier !== undefined && endsLater(earlier, place)) return false
  const { gtids, firstTimeMicros } = facts
  const holdsSome =
    gtids === '' ? place.binlogPosition > HEAD_BYTES : gtidSetIntersects(gtids, place.gtidExecuted)
  return !holdsSome || !isLater(firstTimeMicros, place)
}

const endsLater = ({ lastTimeMicros }: BinlogFacts, place: LogPlace): boolean =>
  isLater(lastTimeMicros, place)

const isLater = (micros: string | null, { at }: LogPlace): boolean =>
  micros !== null && BigInt(micros) > microsOfDate(at) + SKEW_MICROS

/** The same for a state that is known by its GTIDs alone. */
export const placeOfState = (archive: BinlogArchive, gtidExecuted: string): number | undefined =>
  placeByGtids(archive, gtidExecuted, () => true)

/** The last file of a run that begins with nothing the state lacks; of several runs the newest. */
const placeByGtids = (
  archive: BinlogArchive,
  executed: string,
  isPossible: (earlier: BinlogFacts | undefined, facts: BinlogFacts) => boolean,
): number | undefined => {
  const { members } = archive
  const last = members.at(-1)?.facts
  if (last === undefined || executed === '') return undefined
  let end = members.length
  for (const run of runsOf(archive).toReversed()) {
    const begin = end - run.members.length
    const within = lastHeld(run, executed)
    const rest = run.members.slice(Math.max(within, 0)).map(({ facts }) => facts)
    const [first] = rest
    if (within >= 0 && first !== undefined && continuesFrom(executed, rest)) {
      const index = begin + within
      if (isPossible(members[index - 1]?.facts, first))
        return holdsAll(last, executed) ? members.length : index
    }
    end = begin
  }
  return undefined
}

const holdsAll = (last: BinlogFacts, executed: string): boolean => {
  const all = gtidsAtEnd(last)
  return all !== '' && gtidSetContains(executed, all)
}

/** -1 when even the first begins with something that is lacking; from file to file it becomes more. */
const lastHeld = ({ members }: BinlogRun, executed: string): number => {
  let [held, lacking] = [-1, members.length]
  while (lacking - held > 1) {
    const middle = Math.floor((held + lacking) / 2)
    const previous = members[middle]?.facts.previousGtids ?? ''
    if (gtidSetContains(executed, previous)) held = middle
    else lacking = middle
  }
  return held
}
