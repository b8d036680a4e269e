// Where page tracking stands, and which backup relies on it.

import type { DonorState } from '../chain/choose-base.ts'
import type { Lsn } from '../chain/lsn.ts'
import { ClonectlError } from '../errors.ts'
import type { Session } from '../mysql/session.ts'
import { readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { engineFor, inspectServer, readDonorState, type Server } from './donor.ts'
import { trackingArchiveBytes } from './tracking-archive.ts'
import {
  baseInNeed,
  type BaseReference,
  judgeNextIncrement,
  type NextIncrement,
  referTo,
} from './tracking-need.ts'

export interface TrackingStatus {
  readonly active: boolean
  /** LSN since which pages are tracked without a break; 0 while tracking is off. */
  readonly since: Lsn
  readonly currentLsn: Lsn
  /** Newest usable backup of this server; absent without a repository too. */
  readonly newestBase?: BaseReference
  /** The tracking that is on is needed from this LSN on; absent when no backup relies on it. */
  readonly neededFrom?: Lsn
  /** Whether an increment asked for now becomes a full; absent without a repository. */
  readonly nextMustBeFull?: boolean
  /** Why it becomes a full, or on what it is made. */
  readonly reason?: string
  /** Bytes of tracking data; absent when the data directory cannot be looked into from here. */
  readonly archiveBytes?: number
}

/** The server and the repository as found, before they are put into words. */
export interface TrackingScene {
  readonly donor: Server
  readonly state: DonorState
  /** Undefined without a repository. */
  readonly next: NextIncrement | undefined
}

/** Looks at server and repository. Throws PREFLIGHT without component_mysqlbackup, SERVER. */
export const lookAtTracking = async (
  session: Session,
  layout: RepositoryLayout | undefined,
): Promise<TrackingScene> => {
  const donor = await inspectServer(session)
  if (!donor.capabilities.mysqlbackupComponent) {
    throw new ClonectlError(
      'PREFLIGHT',
      'the server has no page-tracking functions: component_mysqlbackup is not installed',
      { hint: "INSTALL COMPONENT 'file://component_mysqlbackup', or clonectl doctor --fix" },
    )
  }
  const state = await readDonorState(donor, engineFor({ donor, recipient: donor }))
  const backups = layout === undefined ? undefined : (await readCatalog(layout)).backups
  return { donor, state, next: backups && judgeNextIncrement(backups, state) }
}

/** Puts a scene into words, with the size of the archive as it is now. */
export const describeTracking = async ({
  donor,
  state,
  next,
}: TrackingScene): Promise<TrackingStatus> => {
  const archiveBytes = await trackingArchiveBytes(donor.identity)
  return {
    active: state.trackedSince !== undefined,
    since: state.trackedSince ?? 0n,
    currentLsn: state.lsn,
    ...(next !== undefined && describeNext(next)),
    ...(archiveBytes !== undefined && { archiveBytes }),
  }
}

const describeNext = (next: NextIncrement): Partial<TrackingStatus> => {
  const needed = baseInNeed(next)
  return {
    nextMustBeFull: next.decision.type === 'full',
    reason: next.decision.reason,
    ...(next.base !== undefined && { newestBase: referTo(next.base) }),
    ...(needed !== undefined && { neededFrom: needed.pageTrackLsn }),
  }
}
