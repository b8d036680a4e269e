// The ways through the archive that lead on from a backup: the binlogs of its own server, and after a
// failover those of the server that went on, which its GTIDs tell. Pure.

import type { BinlogArchive, BinlogMember } from '../binlog/binlog-archive.ts'
import { describeGap, gtidsAtEnd } from '../binlog/binlog-gap.ts'
import { type BinlogRun, runsOf } from '../binlog/continuity.ts'
import { ClonectlError } from '../errors.ts'
import { byBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'
import { gtidSetContains, gtidSetIntersects, gtidSetUnion } from '../mysql/gtid-set.ts'
import { isContinuedBy } from '../mysql/gtid-history.ts'
import { logOfMember } from './archive-log.ts'
import type { ReplayLogs } from './replay-range.ts'
import type { HeldState } from './same-history.ts'

/** The first event of a binlog follows its magic number (log_event.h BIN_LOG_HEADER_SIZE). */
const FIRST_POSITION = 4

/** The binlogs of a run from one on. */
interface Leg {
  readonly run: BinlogRun
  readonly members: readonly BinlogMember[]
}

interface Search {
  readonly runs: readonly BinlogRun[]
  /** The server the backup was taken from. */
  readonly serverUuid: string
  /** GTIDs of the backup. */
  readonly held: string
}

/**
 * Every way that begins where the backup of `serverUuid` ends, the likeliest first. Throws BINLOG_GAP when
 * there is none, and says what is there instead.
 */
export const archiveRoutes = (
  archives: readonly BinlogArchive[],
  serverUuid: string,
  state: HeldState,
): readonly ReplayLogs[] => {
  const runs = archives.flatMap(runsOf)
  const { gtidExecuted: held, position } = state
  const search = { runs, serverUuid, held }
  const routes = [
    ...ownLegs(search, state).map((own) => ({
      legs: [own, ...legsAfter(search, [own])],
      startPosition: position,
    })),
    { legs: legsAfter(search, []), startPosition: FIRST_POSITION },
  ].filter(({ legs }) => legs.length > 0)
  if (routes.length === 0) throw noRoute(archives, serverUuid, state)
  return routes.map(({ legs, startPosition }) => ({
    startPosition,
    logs: legs.flatMap(({ run, members }, leg) => {
      const isOther = leg > 0 || run.serverUuid !== serverUuid
      return members.map((member, at) => logOfMember(member, at === 0 && isOther))
    }),
  }))
}

/**
 * By name and position, as every server writes them. A server that began anew gives the same ones again, so
 * there may be several; the present history comes first.
 */
const ownLegs = (
  { runs, serverUuid, held }: Search,
  { file, position }: HeldState,
): readonly Leg[] =>
  runs
    .filter((run) => run.serverUuid === serverUuid)
    .flatMap((run) => {
      const at = run.members.findIndex(
        ({ facts }) =>
          facts.name === file &&
          facts.sizeBytes >= position &&
          gtidSetContains(held, facts.previousGtids),
      )
      return at < 0 ? [] : [{ run, members: run.members.slice(at) }]
    })
    .toReversed()

/** Legs that go on where these end, one after the other. */
const legsAfter = (search: Search, legs: readonly Leg[]): readonly Leg[] => {
  const reached = gtidSetUnion(search.held, ...legs.flatMap(({ members }) => gtidsOf(members)))
  if (reached === '') return []
  for (const run of search.runs) {
    if (legs.some((leg) => leg.run === run)) continue
    const next = continuation(run, reached)
    if (next === undefined || mayBeAnew(search, legs, next, reached)) continue
    return [next, ...legsAfter(search, [...legs, next])]
  }
  return []
}

/** From the latest binlog before which nothing was written that is not reached yet. */
const continuation = (run: BinlogRun, reached: string): Leg | undefined => {
  const last = run.members.at(-1)
  if (last === undefined) return undefined
  const end = gtidsAtEnd(last.facts)
  if (gtidSetContains(reached, end) || !isContinuedBy(reached, end)) return undefined
  const first = run.members.findLastIndex(({ facts }) =>
    gtidSetContains(reached, facts.previousGtids),
  )
  return first < 0 ? undefined : { run, members: run.members.slice(first) }
}

/**
 * RESET BINARY LOGS AND GTIDS lets a server give the same GTIDs to other transactions. So what the backup's
 * server wrote is found by name and position only, until another one has gone on from there. Another
 * history of a server that was met before follows only when it came later, under another base name
 * (log_bin was changed), and holds nothing that is reached already.
 */
const mayBeAnew = (
  { runs, serverUuid }: Search,
  legs: readonly Leg[],
  { run, members }: Leg,
  reached: string,
): boolean => {
  if (legs.some((leg) => leg.run.directory === run.directory)) return false
  const before = legs.filter((leg) => leg.run.serverUuid === run.serverUuid)
  if (before.length === 0 && run.serverUuid !== serverUuid) return false
  const isAfter = (leg: Leg): boolean =>
    runs.indexOf(leg.run) < runs.indexOf(run) && baseNameOf(leg) !== baseNameOf({ members })
  if (legs.length === 0 || !before.every(isAfter)) return true
  return gtidSetIntersects(gtidSetUnion(...gtidsOf(members)), reached)
}

const baseNameOf = ({ members }: Pick<Leg, 'members'>): string | undefined =>
  parseBinlogName(members[0]?.facts.name ?? '')?.base

const gtidsOf = (members: readonly BinlogMember[]): readonly string[] =>
  members.map(({ facts }) => facts.gtids).filter((gtids) => gtids !== '')

const noRoute = (
  archives: readonly BinlogArchive[],
  serverUuid: string,
  { file, position, gtidExecuted }: HeldState,
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
