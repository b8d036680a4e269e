// What the page-track commands answer: where tracking stands now, and what was done to it.

import type { PurgeOutcome, StartOutcome, StopOutcome } from '../../clone/page-tracking.ts'
import type { TrackingStatus } from '../../clone/tracking-status.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'

/** What any of them answers: only a status in full, and what it did to it. */
export type TrackingOutcome = TrackingStatus & Partial<StartOutcome & StopOutcome & PurgeOutcome>

/** The outcome of any of them as a document and as text. */
export const pageTrackResult = (outcome: TrackingOutcome): CommandResult => ({
  document: outcome,
  text: [...actionLines(outcome), ...statusLines(outcome)].map((line) => `${line}\n`).join(''),
})

const actionLines = (outcome: TrackingOutcome): readonly string[] => [
  ...(outcome.started === undefined
    ? []
    : [outcome.started ? 'page tracking was started' : 'page tracking was on already']),
  ...(outcome.stoppedAt === undefined ? [] : [`stopped at:  LSN ${outcome.stoppedAt}`]),
  ...purgeLines(outcome),
  ...(outcome.lostBase === undefined
    ? []
    : [`lost base:   ${outcome.lostBase.id}: the next backup must be a full`]),
]

const purgeLines = ({ restarted, purgedUpTo }: TrackingOutcome): readonly string[] => {
  if (restarted === undefined) return []
  const purged =
    purgedUpTo === undefined ? 'there was nothing to purge' : `purged to:   LSN ${purgedUpTo}`
  return restarted ? [purged, 'tracking was stopped and started for it'] : [purged]
}

const statusLines = (status: TrackingStatus): readonly string[] => [
  `tracking:    ${status.active ? `on since LSN ${status.since}` : 'off'}`,
  `server at:   LSN ${status.currentLsn}`,
  ...(status.newestBase === undefined
    ? []
    : [`newest base: ${status.newestBase.id}, LSN ${status.newestBase.pageTrackLsn}`]),
  ...(status.neededFrom === undefined ? [] : [`needed from: LSN ${status.neededFrom}`]),
  ...(status.nextMustBeFull === undefined
    ? []
    : [`next backup: ${status.nextMustBeFull ? 'full' : 'increment'}, ${status.reason ?? ''}`]),
  ...(status.archiveBytes === undefined
    ? []
    : [`data:        ${formatBytes(status.archiveBytes)}`]),
]
