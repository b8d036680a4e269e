// What the binlogs can do for a restore, found out beforehand: which parts are needed for the
// target, and up to which time they reach.

import type { BinlogGap } from '../../binlog/binlog-gap.ts'
import { archivePathsOf } from '../../binlog/archive-layout.ts'
import { readArchives } from '../../binlog/read-archive.ts'
import type { Backup } from '../../chain/backup.ts'
import { ClonectlError } from '../../errors.ts'
import type { RepositoryLayout } from '../../repository/layout.ts'
import type { Coordinates } from '../../repository/manifest.ts'
import { latestSighting, sightedByBackups, sightedByPullers } from './binlog-sighting.ts'
import { archiveRoutes } from './archive-routes.ts'
import { directoryLogs } from './directory-logs.ts'
import { findReplay, type FoundReplay } from './find-replay.ts'
import type { ReplayLogs, ReplayRange } from './replay-range.ts'
import type { BinlogSource, PlannedBinlog, RestoreContext } from '../request.ts'
import type { HeldState } from './same-history.ts'
import { serverOutlook } from './server-outlook.ts'
import { requireSkippable } from './skip-transactions.ts'
import type { RecoveryTarget } from '../target.ts'

export interface BinlogOutlook {
  readonly binlogs: readonly PlannedBinlog[]
  /** The latest time that can be reached with them. */
  readonly reach: Date
  /** Whether a transaction behind the target is there: then whatever belongs to the target is, too. */
  readonly isStopped: boolean
  /** Why the target is not reached; undefined when it is. */
  readonly shortfall: string | undefined
  /** The gap that the binlogs end at before the target. */
  readonly gap?: BinlogGap | undefined
}

export interface OutlookRequest {
  readonly source: BinlogSource | undefined
  readonly target: RecoveryTarget
  readonly skipGtids: string | undefined
  readonly tip: Backup
  /** Read just before the clone: where the tip ends at the earliest. */
  readonly before: Coordinates
  /** How far the donor had come when. */
  readonly sightings: readonly Coordinates[]
}

/**
 * Looks at the binlogs from where `tip` ends, at the earliest. Throws BINLOG_GAP when they do not begin
 * early enough or are another server's, TARGET_UNREACHABLE when what is to be skipped is not in them, USAGE
 * without a source.
 */
export const outlookOf = async (
  { repository }: RestoreContext,
  { source, target, skipGtids, tip, before, sightings }: OutlookRequest,
): Promise<BinlogOutlook> => {
  const start = startOf(before)
  if (source === undefined) throw noSource()
  if (source.kind === 'server')
    return {
      ...(await serverOutlook(source.connection, tip, start)),
      isStopped: false,
      shortfall: undefined,
    }
  const { routes, sighted } =
    source.kind === 'directory'
      ? {
          routes: [await directoryLogs(source.path, start)],
          sighted: sightedByBackups(sightings),
        }
      : await archiveOutlook(repository, { tip, start, at: new Date(before.at), sightings })
  const sighting = (route: ReplayLogs) => latestSighting(route, sighted)
  const found: FoundReplay = await findReplay(routes, target, start, sighting)
  const { range, reach, shortfall, gap } = found
  if (skipGtids !== undefined) requireSkippable(skipGtids, range.gtids)
  return {
    binlogs: plannedBinlogs(range),
    reach: reach === undefined || reach < tip.endTime ? tip.endTime : reach,
    isStopped: range.isStopped,
    shortfall,
    gap,
  }
}

interface ArchiveLook extends Pick<OutlookRequest, 'tip' | 'sightings'> {
  readonly start: HeldState
  readonly at: Date
}

const archiveOutlook = async (
  repository: RepositoryLayout,
  { tip: { serverUuid }, start: state, at, sightings }: ArchiveLook,
) => {
  const archives = await readArchives(repository)
  if (archives.length === 0) throw noSource()
  const own = archivePathsOf(repository.binlogs, serverUuid).directory
  return {
    routes: archiveRoutes(archives, { serverUuid, state, at }),
    sighted: [...sightedByBackups(sightings, own), ...sightedByPullers(archives)],
  }
}

const startOf = (before: Coordinates): HeldState => {
  const { binlogFile, binlogPosition, gtidExecuted } = before
  if (binlogFile !== null) {
    return { file: binlogFile, position: Number(binlogPosition ?? 4), gtidExecuted }
  }
  throw new ClonectlError('BINLOG_GAP', 'the donor wrote no binlog when the backup was taken', {
    hint: 'only the ends of backups can be restored: use --backup; for a time the donor needs log_bin',
  })
}

const noSource = (): ClonectlError =>
  new ClonectlError('USAGE', 'a recovery to a target needs the binlogs of the donor', {
    hint: 'name their directory with --binlog-dir, or the running donor with --binlog-server; clonectl binlog pull keeps them in the repository',
  })

const plannedBinlogs = ({ logs, startPosition, endPosition }: ReplayRange) =>
  logs.map((log, index) => ({
    file: log.path,
    from: index === 0 ? startPosition : 0,
    to: index === logs.length - 1 ? endPosition : log.sizeBytes,
  }))
