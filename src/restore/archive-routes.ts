// The ways through the archive that lead on from a backup: the binlogs of its own server, and after a
// failover those of the server that went on, which its GTIDs tell. Pure.

import type { BinlogArchive, BinlogMember } from '../binlog/binlog-archive.ts'
import { describeGap, gtidsAtEnd } from '../binlog/binlog-gap.ts'
import { type BinlogRun, runsOf } from '../binlog/continuity.ts'
import { ClonectlError } from '../errors.ts'
import { byBinlogName } from '../mysql/binlog-name.ts'
import { gtidSetContains, gtidSetUnion } from '../mysql/gtid-set.ts'
import { isContinuedBy } from '../mysql/gtid-history.ts'
import { logOfMember } from './archive-log.ts'
import type { ReplayLogs } from './replay-range.ts'
import type { HeldState } from './same-history.ts'

/** The first event of a binlog follows its magic number (log_event.h BIN_LOG_HEADER_SIZE). */
const FIRST_POSITION = 4

/** The binlogs from one on that follow each other on one server. */
interface Leg {
  readonly serverUuid: string
  readonly members: readonly BinlogMember[]
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
  const own = ownLeg(runs, serverUuid, state)
  const others = runs.filter(({ members }) => own === undefined || members !== own.runMembers)
  const { gtidExecuted: held, position } = state
  const routes = [
    ...(own === undefined ? [] : [{ legs: [own, ...legsAfter([own], others, held)], position }]),
    { legs: legsAfter([], others, held), position: FIRST_POSITION },
  ].filter(({ legs }) => legs.length > 0)
  if (routes.length === 0) throw noRoute(archives, serverUuid, state)
  return routes.map(({ legs, position: startPosition }) => ({
    startPosition,
    logs: legs.flatMap(({ members, serverUuid: server }, leg) =>
      members.map((member, at) => logOfMember(member, at === 0 && (leg > 0 || server !== serverUuid))),
    ),
  }))
}

/** By name and position, as every server writes them; by GTIDs a later history of the same names is told. */
const ownLeg = (
  runs: readonly BinlogRun[],
  serverUuid: string,
  { file, position, gtidExecuted }: HeldState,
): (Leg & { readonly runMembers: BinlogRun['members'] }) | undefined => {
  for (const run of runs.filter((each) => each.serverUuid === serverUuid)) {
    const at = run.members.findIndex(
      ({ facts }) =>
        facts.name === file &&
        facts.sizeBytes >= position &&
        gtidSetContains(gtidExecuted, facts.previousGtids),
    )
    if (at >= 0) return { serverUuid, members: run.members.slice(at), runMembers: run.members }
  }
  return undefined
}

/** Legs of other servers that go on where these end, one after the other. */
const legsAfter = (
  legs: readonly Leg[],
  runs: readonly BinlogRun[],
  held: string,
): readonly Leg[] => {
  const reached = gtidSetUnion(held, ...legs.flatMap(({ members }) => gtidsOf(members)))
  if (reached === '') return []
  for (const run of runs) {
    const next = continuation(run, reached)
    if (next === undefined) continue
    const rest = runs.filter((other) => other !== run)
    return [next, ...legsAfter([...legs, next], rest, held)]
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
  return first < 0 ? undefined : { serverUuid: run.serverUuid, members: run.members.slice(first) }
}

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
