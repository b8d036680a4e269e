// The ways through the archive that lead on from a backup: the binlogs of its own server, and after a
// failover those of the server that went on, which its GTIDs tell. Pure.

import { placeByName, placeOf, placeOfState } from '../../binlog/backup-place.ts'
import type { BinlogArchive, BinlogMember } from '../../binlog/binlog-archive.ts'
import { type BinlogGap, describeGap, gtidsAtEnd } from '../../binlog/binlog-gap.ts'
import { gapsOf, runsOf } from '../../binlog/continuity.ts'
import { ClonectlError } from '../../errors.ts'
import { byBinlogName, parseBinlogName } from '../../mysql/binlog-name.ts'
import { gtidSetContains, gtidSetIntersects, gtidSetUnion } from '../../mysql/gtid-set.ts'
import { logOfMember } from './archive-log.ts'
import { misfitMicros } from './history-misfit.ts'
import type { ReplayLogs } from './replay-range.ts'
import type { HeldState } from './same-history.ts'

/** The first event of a binlog follows its magic number (log_event.h BIN_LOG_HEADER_SIZE). */
const FIRST_POSITION = 4

/** The binlogs from one on that follow each other in one archive. */
interface Leg {
  readonly archive: BinlogArchive
  readonly members: readonly BinlogMember[]
  /** Whether its beginning may repeat what is held, because only GTIDs told that it goes on. */
  readonly mayRepeat: boolean
}

/** A backup's end, and whose it is. */
export interface RouteStart {
  readonly serverUuid: string
  readonly state: HeldState
  /** When the backup was taken. */
  readonly at: Date
}

/**
 * Every way that begins where the backup ends, the likeliest first. Throws BINLOG_GAP when there is none,
 * and says what is there instead.
 */
export const archiveRoutes = (
  archives: readonly BinlogArchive[],
  start: RouteStart,
): readonly ReplayLogs[] => {
  const routes = [
    ...ownLegs(archives, start).map((own) => [own, ...legsAfter([own], archives, start)]),
    legsAfter([], archives, start),
  ].filter((legs) => legs.length > 0)
  if (routes.length === 0) throw noRoute(archives, start)
  return routes.map((legs) => ({
    startPosition: legs[0]?.mayRepeat === false ? start.state.position : FIRST_POSITION,
    logs: legs.flatMap(({ members, mayRepeat }) =>
      members.map((member, at) => logOfMember(member, mayRepeat && at === 0)),
    ),
    gapAfter: gapAfter(legs.at(-1)),
  }))
}

const gapAfter = (last: Leg | undefined): BinlogGap | undefined => {
  if (last === undefined) return undefined
  const end = last.members.at(-1)?.facts.name
  return gapsOf(last.archive).find(({ after }) => after === end)
}

/**
 * By name and position, as the server itself tells its end, the history whose times fit best first; by GTIDs
 * where that file is not archived.
 */
const ownLegs = (
  archives: readonly BinlogArchive[],
  { serverUuid, state, at }: RouteStart,
): readonly Leg[] => {
  const { file: binlogFile, position: binlogPosition, gtidExecuted } = state
  const before = { at, binlogFile, binlogPosition, gtidExecuted }
  const legs = archives
    .filter((archive) => archive.serverUuid === serverUuid)
    .map((archive): Leg => {
      const isThere = archive.members.some(({ facts }) => facts.name === binlogFile)
      const place = isThere
        ? placeByName(archive, before)
        : placeOf(archive, { serverUuid, before })
      return { archive, members: membersFrom(archive, place), mayRepeat: !isThere }
    })
    .filter(({ members }) => members.length > 0)
  const misfit = ({ members: [first] }: Leg): bigint =>
    first === undefined ? 0n : misfitMicros(first.facts, binlogPosition, at)
  return [
    ...legs
      .filter(({ mayRepeat }) => !mayRepeat)
      .toSorted((one, other) => (misfit(one) < misfit(other) ? -1 : 1)),
    ...legs.filter(({ mayRepeat }) => mayRepeat),
  ]
}

/** Those up to the next gap. */
const membersFrom = (
  archive: BinlogArchive,
  place: number | undefined,
): readonly BinlogMember[] => {
  const first = place === undefined ? undefined : archive.members[place]
  if (first === undefined) return []
  const run = runsOf(archive).find(({ members }) => members.includes(first))
  return run?.members.slice(run.members.indexOf(first)) ?? []
}

/** Legs that go on where these end, one after the other. */
const legsAfter = (
  legs: readonly Leg[],
  archives: readonly BinlogArchive[],
  start: RouteStart,
): readonly Leg[] => {
  const { gtidExecuted: held } = start.state
  const reached = gtidSetUnion(held, ...legs.flatMap(({ members }) => gtidsOf(members)))
  if (reached === '') return []
  for (const archive of archives) {
    const members = membersFrom(archive, placeOfState(archive, reached))
    const end = members.at(-1)
    if (end === undefined || gtidSetContains(reached, gtidsAtEnd(end.facts))) continue
    const next = { archive, members, mayRepeat: true }
    if (mayBeAnew(next, legs, start.serverUuid, reached)) continue
    return [next, ...legsAfter([...legs, next], archives, start)]
  }
  return []
}

/**
 * RESET BINARY LOGS AND GTIDS lets a server give the same GTIDs to other transactions. So GTIDs do not tell
 * that the backup's own server goes on, unless another one did before it. And another history of a
 * server that was met before follows only under another base name (log_bin was changed), when it
 * came later and holds nothing that is reached already.
 */
const mayBeAnew = (
  { archive, members }: Leg,
  legs: readonly Leg[],
  backupOf: string,
  reached: string,
): boolean => {
  if (legs.some((leg) => leg.archive === archive)) return false
  const { serverUuid } = archive
  const before = legs.filter((leg) => leg.archive.serverUuid === serverUuid)
  if (before.length === 0 && serverUuid !== backupOf) return false
  const isLater = (leg: Leg): boolean =>
    leg.archive.endedAt !== null &&
    (archive.endedAt === null || leg.archive.endedAt < archive.endedAt) &&
    baseNameOf(leg.members) !== baseNameOf(members)
  if (legs.length === 0 || !before.every(isLater)) return true
  return gtidSetIntersects(gtidSetUnion(...gtidsOf(members)), reached)
}

const baseNameOf = ([first]: readonly BinlogMember[]): string | undefined =>
  parseBinlogName(first?.facts.name ?? '')?.base

const gtidsOf = (members: readonly BinlogMember[]): readonly string[] =>
  members.map(({ facts }) => facts.gtids).filter((gtids) => gtids !== '')

const noRoute = (
  archives: readonly BinlogArchive[],
  { serverUuid, state: { file, position, gtidExecuted } }: RouteStart,
): ClonectlError => {
  const own = archives.filter((archive) => archive.serverUuid === serverUuid)
  return new ClonectlError(
    'BINLOG_GAP',
    `the backup ends at ${file}:${position}, where no archived binlog goes on: ${whatIsThere(own, file)}`,
    {
      hint: 'clonectl binlog list shows what there is; name other binlogs with --binlog-dir, or the running donor with --binlog-server',
      details: { serverUuid, file, position, gtidExecuted },
    },
  )
}

/** The ends of what was found around the file, or that it is another history. */
const whatIsThere = (archives: readonly BinlogArchive[], file: string): string => {
  const members = archives.flatMap((archive) => archive.members)
  const [first] = members
  const last = members.at(-1)
  if (first === undefined || last === undefined) return 'the archive holds none of its server'
  if (members.some(({ facts }) => facts.name === file))
    return `the ${file} of the archive is of another history, or shorter`
  const gap = archives
    .flatMap(runsOf)
    .flatMap(({ gapBefore }) => gapBefore ?? [])
    .find(({ after, before }) => byBinlogName(after, file) < 0 && byBinlogName(file, before) < 0)
  return gap === undefined
    ? `the archive holds ${first.facts.name} to ${last.facts.name}`
    : describeGap(gap)
}
