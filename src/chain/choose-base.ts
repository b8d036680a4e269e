// Decides what an increment is made on, or why a full must be taken instead. Every answer carries
// its reason, because a DBA who asked for an increment and got a full wants to know why.

import type { Backup, Engine } from './backup.ts'
import { findBackup } from './find-backup.ts'
import type { Lsn } from './lsn.ts'

/** The donor as it is now. */
export interface DonorState {
  /** Who would make the increment. */
  readonly engine: Engine
  readonly serverUuid: string
  readonly version: string
  /** Scheme and key of what would be taken, as in `Backup`; undefined: not encrypted. */
  readonly encryption?: string | undefined
  /** Current LSN. */
  readonly lsn: Lsn
  /** The server's clock. */
  readonly now: Date
  /** Since when pages are tracked without a break; undefined while tracking is off. */
  readonly trackedSince: Lsn | undefined
}

export const fallbackCodes = [
  'FULL_ASKED',
  'NO_BASE',
  'SERVER_CHANGED',
  'VERSION_CHANGED',
  'ENGINE_CHANGED',
  'ENCRYPTION_CHANGED',
  'LSN_WENT_BACK',
  'CLOCK_WENT_BACK',
  'NOT_TRACKED',
  'TRACKING_CHANGED',
  'BASE_DAMAGED',
] as const

export type FallbackCode = (typeof fallbackCodes)[number]

export type Decision =
  | { readonly type: 'increment'; readonly base: Backup; readonly reason: string }
  | { readonly type: 'full'; readonly code: FallbackCode; readonly reason: string }

const full = (code: FallbackCode, reason: string): Decision => ({ type: 'full', code, reason })

/**
 * Chooses the base. `reference` is `latest`, `latest-full` or an id among `usable`; a named id
 * that does not exist throws BACKUP_UNKNOWN, since that is a mistake and not a reason for a full.
 */
export const chooseBase = (
  reference: string,
  usable: readonly Backup[],
  donor: DonorState,
): Decision => {
  if (usable.length === 0) return full('NO_BASE', 'the repository holds no usable backup')
  const base = findBackup(reference, usable)
  return objection(base, donor) ?? { type: 'increment', base, reason: `${base.id} is usable` }
}

const objection = (base: Backup, donor: DonorState): Decision | undefined => {
  if (base.serverUuid !== donor.serverUuid) {
    return full(
      'SERVER_CHANGED',
      `${base.id} was taken from server ${base.serverUuid}, this is ${donor.serverUuid}`,
    )
  }
  if (base.serverVersion !== donor.version) {
    return full(
      'VERSION_CHANGED',
      `${base.id} was taken from version ${base.serverVersion}, the server now is ${donor.version}`,
    )
  }
  if (base.engine !== donor.engine) {
    return full(
      'ENGINE_CHANGED',
      `${base.id} was made by the engine ${base.engine}, the increment would be by ${donor.engine}`,
    )
  }
  if (base.encryption !== donor.encryption) {
    const [was, is] = [base.encryption ?? 'no key', donor.encryption ?? 'no key']
    return full(
      'ENCRYPTION_CHANGED',
      `${base.id} was encrypted with ${was}, the increment would be with ${is}`,
    )
  }
  if (donor.lsn < base.endLsn) {
    return full(
      'LSN_WENT_BACK',
      `the server is at LSN ${donor.lsn}, before the end of ${base.id} at ${base.endLsn}: it was rebuilt or restored`,
    )
  }
  return clockObjection(base, donor) ?? trackingObjection(base, donor)
}

/** Chains and recovery windows go by time: a backup must not seem older than what it is made on. */
const clockObjection = (base: Backup, { now }: DonorState): Decision | undefined =>
  now > base.endTime
    ? undefined
    : full(
        'CLOCK_WENT_BACK',
        `the server's clock says ${now.toISOString()}, which is not after the end of ${base.id} at ${base.endTime.toISOString()}`,
      )

/**
 * What the server tracked decides what its own increment holds, so it must have tracked since the
 * base (GreatSQL arch0page.cc); clonectl's comparison only sees by it that the history is the same.
 */
const trackingObjection = (base: Backup, donor: DonorState): Decision | undefined =>
  base.engine === 'greatsql' ? coverageObjection(base, donor) : historyObjection(base, donor)

const coverageObjection = (base: Backup, { trackedSince }: DonorState): Decision | undefined => {
  if (base.pageTrackLsn === 0n)
    return full('NOT_TRACKED', `${base.id} was taken without page tracking`)
  if (trackedSince !== undefined && trackedSince <= base.pageTrackLsn) return undefined
  return full(
    'TRACKING_CHANGED',
    trackedSince === undefined
      ? `page tracking, which ${base.id} relies on from LSN ${base.pageTrackLsn}, is off now`
      : `page tracking began anew at LSN ${trackedSince}, ${base.id} relies on it from ${base.pageTrackLsn}`,
  )
}

const historyObjection = (base: Backup, donor: DonorState): Decision | undefined => {
  if (base.trackedSince === undefined || base.trackedSince === donor.trackedSince) return undefined
  return full(
    'TRACKING_CHANGED',
    donor.trackedSince === undefined
      ? `page tracking, on since LSN ${base.trackedSince} when ${base.id} was taken, is off now`
      : `page tracking was restarted at LSN ${donor.trackedSince} after ${base.id} was taken`,
  )
}
