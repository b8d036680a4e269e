// Chains by proof: whether one increment may be applied on one base. The server checks none of
// this when it applies (GreatSQL clone0apply.cc compares no LSN), so a wrong link loses data silently.

import type { Backup } from './backup.ts'
import type { Problem } from './problem.ts'

/** What forbids applying `increment` on a state whose newest backup is `base`; empty when nothing does. */
export const linkProblems = (increment: Backup, base: Backup): readonly Problem[] => {
  const problems: Problem[] = []
  if (increment.serverUuid !== base.serverUuid) {
    problems.push({
      code: 'FOREIGN_SERVER',
      message: `taken from server ${increment.serverUuid}, its base ${base.id} from ${base.serverUuid}`,
    })
  }
  problems.push(...reachProblems(increment, base))
  if (increment.endLsn < base.endLsn) {
    problems.push({
      code: 'LSN_REGRESSION',
      message: `ends at LSN ${increment.endLsn}, before its base ${base.id} at ${base.endLsn}`,
    })
  }
  return problems
}

/**
 * Whether the increment holds every page changed since the base. Where the server makes it, that is
 * only as good as the tracking: pages changed while it was off are in no increment.
 */
const reachProblems = (increment: Backup, base: Backup): readonly Problem[] => {
  const byServer = increment.engine === 'greatsql'
  if (byServer && base.pageTrackLsn === 0n) {
    const message = `its base ${base.id} was taken without page tracking`
    return [{ code: 'NOT_TRACKED', message }]
  }
  const problems: Problem[] = []
  if (byServer && haveDifferentTracking(increment, base)) {
    problems.push({
      code: 'TRACKING_CHANGED',
      message: `its pages are tracked since LSN ${increment.trackedSince}, those of its base ${base.id} since ${base.trackedSince}`,
    })
  }
  if (increment.startLsn > base.pageTrackLsn) {
    problems.push({
      code: 'LSN_GAP',
      message: `holds changes since LSN ${increment.startLsn}, its base ${base.id} is complete only up to ${base.pageTrackLsn}`,
    })
  }
  return problems
}

/** Tracking that was stopped in between has lost pages; an unknown beginning proves nothing. */
const haveDifferentTracking = (one: Backup, other: Backup): boolean =>
  one.trackedSince !== undefined &&
  other.trackedSince !== undefined &&
  one.trackedSince !== other.trackedSince
