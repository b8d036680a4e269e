// Page tracking, switched on and off and cleared. The data of the tracking that is on cannot be
// removed, so a purge stops it and starts it anew; every base of the old run is none afterwards.

import type { Lsn } from '../chain/lsn.ts'
import { ClonectlError } from '../errors.ts'
import {
  MAX_LSN,
  purgePageTracking,
  startPageTracking,
  stopPageTracking,
} from '../mysql/page-track.ts'
import type { Session } from '../mysql/session.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { requireNoClone, requireNotNeeded } from './purge-refusals.ts'
import { baseInNeed, type BaseReference, referTo } from './tracking-need.ts'
import {
  describeTracking,
  lookAtTracking,
  type TrackingScene,
  type TrackingStatus,
} from './tracking-status.ts'

export interface TrackingRequest {
  /** A session on the server, with BACKUP_ADMIN. */
  readonly session: Session
  /** The repository whose backups may rely on the tracking. */
  readonly layout?: RepositoryLayout | undefined
}

export interface StartOutcome extends TrackingStatus {
  /** False when tracking was on already; it then goes on as it was. */
  readonly started: boolean
}

export interface StopOutcome extends TrackingStatus {
  /** Where tracking ended; absent when it was off already. */
  readonly stoppedAt?: Lsn
  /** The base on which no increment can be made any more; absent when there was none. */
  readonly lostBase?: BaseReference
}

export interface PurgeRequest extends TrackingRequest {
  /** Remove the data up to this LSN; `max` means everything. */
  readonly upTo: Lsn | 'max'
  /** Purge also what a backup still needs. */
  readonly force: boolean
  /** Asked when nothing stands against the purge any more; throws to call it off. */
  readonly confirm?: () => Promise<void>
}

export interface PurgeOutcome extends TrackingStatus {
  /** The LSN up to which data was really removed; absent when there was nothing to remove. */
  readonly purgedUpTo?: Lsn
  /** Whether tracking was stopped and started for it; `since` is then a new start. */
  readonly restarted: boolean
  readonly lostBase?: BaseReference
}

/** Where page tracking stands. Throws PREFLIGHT without component_mysqlbackup, SERVER. */
export const pageTrackingStatus = async ({
  session,
  layout,
}: TrackingRequest): Promise<TrackingStatus> =>
  describeTracking(await lookAtTracking(session, layout))

/** Switches page tracking on; it stays on through restarts. Throws PREFLIGHT, SERVER. */
export const startTracking = async ({
  session,
  layout,
}: TrackingRequest): Promise<StartOutcome> => {
  const before = await lookAtTracking(session, layout)
  if (before.state.trackedSince !== undefined)
    return { ...(await describeTracking(before)), started: false }
  await startPageTracking(session)
  return { ...(await pageTrackingStatus({ session, layout })), started: true }
}

/** Switches page tracking off, whoever needs it; the outcome names the base that is lost. */
export const stopTracking = async ({ session, layout }: TrackingRequest): Promise<StopOutcome> => {
  const before = await lookAtTracking(session, layout)
  if (before.state.trackedSince === undefined) return describeTracking(before)
  const stoppedAt = await stopPageTracking(session)
  const status = await pageTrackingStatus({ session, layout })
  return { ...status, stoppedAt, ...lossOf(before, status) }
}

/**
 * Removes tracking data. What earlier runs of tracking left goes without further ado; data of the
 * run that is on only by stop, purge, start. Tracking that was off stays off. Killed between stop
 * and start, it leaves tracking off and no other harm: `page-track start`, or the next backup,
 * switches it on. Throws PAGE_TRACK_NEEDED when a base would be lost or it cannot be told whether,
 * unless forced; USAGE, PREFLIGHT, SERVER.
 */
export const purgeTracking = async (request: PurgeRequest): Promise<PurgeOutcome> => {
  const { session, layout, force } = request
  const upTo = limitOf(request.upTo)
  const before = await lookAtTracking(session, layout)
  const { trackedSince } = before.state
  const restarted = trackedSince !== undefined && upTo > trackedSince
  if (restarted && !force) requireNotNeeded(before)
  await requireNoClone(session)
  await request.confirm?.()
  const reached = restarted
    ? await purgeRunning(session, upTo)
    : await purgePageTracking(session, upTo)
  const status = await pageTrackingStatus({ session, layout })
  const purged = reached === MAX_LSN ? {} : { purgedUpTo: reached }
  return { ...status, ...purged, restarted, ...lossOf(before, status) }
}

/** The server takes 0 for "everything" and nothing above the largest signed number. */
const limitOf = (upTo: Lsn | 'max'): Lsn => {
  if (upTo === 'max' || upTo > MAX_LSN) return MAX_LSN
  if (upTo > 0n) return upTo
  throw new ClonectlError('USAGE', `${upTo} is no LSN to purge up to; one above 0 was expected`, {
    hint: 'max means everything',
  })
}

/** Started again even when the purge failed: tracking was on, and should not end by an error. */
const purgeRunning = async (session: Session, upTo: Lsn): Promise<Lsn> => {
  await stopPageTracking(session)
  try {
    return await purgePageTracking(session, upTo)
  } finally {
    await startPageTracking(session)
  }
}

/** On an idle server tracking may start again at the very LSN it stopped at: then nothing is lost. */
const lossOf = (
  { next }: TrackingScene,
  after: TrackingStatus,
): { readonly lostBase?: BaseReference } => {
  const base = baseInNeed(next)
  return base !== undefined && after.nextMustBeFull === true ? { lostBase: referTo(base) } : {}
}
