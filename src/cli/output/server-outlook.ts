// What an expiry means for each server: the times that can be reached, and what its next backup will be.

import type { Backup } from '../../chain/backup.ts'
import type { RecoveryWindow } from '../../chain/recovery-window.ts'
import type { ServerOutlook } from '../../chain/server-outlook.ts'

const baseFields = (base: Backup | undefined): object | null =>
  base === undefined
    ? null
    : { id: base.id, pageTrackLsn: base.trackedSince === undefined ? null : base.pageTrackLsn }

/** One of `servers` in the document. */
export const outlookFields = ({ serverUuid, window, nextBase }: ServerOutlook): object => ({
  serverUuid,
  recoveryWindow: { before: window.before ?? null, after: window.after ?? null },
  nextBase: { before: baseFields(nextBase.before), after: baseFields(nextBase.after) },
  nextMustBeFull: nextBase.after === undefined,
})

const windowText = (window: RecoveryWindow | undefined): string =>
  window === undefined
    ? 'nothing'
    : `${window.from.toISOString()} to ${window.to.toISOString()}, and later with binlogs`

/** Lines of text. */
export const outlookText = ({ serverUuid, window, nextBase }: ServerOutlook): string =>
  [
    '',
    `server ${serverUuid}`,
    `reachable:   ${windowText(window.after)}`,
    ...(sameWindow(window) ? [] : [`until now:   ${windowText(window.before)}`]),
    `next backup: ${nextText(nextBase)}`,
    '',
  ].join('\n')

const sameWindow = ({ before, after }: ServerOutlook['window']): boolean =>
  before?.from.getTime() === after?.from.getTime() && before?.to.getTime() === after?.to.getTime()

const nextText = ({ before, after }: ServerOutlook['nextBase']): string => {
  const gone = before === undefined || before.id === after?.id ? '' : `${before.id} goes, so `
  if (after === undefined) return `${gone}it must be a full`
  return `${gone}an increment on ${after.id}${trackingText(after)}`
}

/** Where pages are not tracked, nothing is needed of the server. */
const trackingText = ({ trackedSince, pageTrackLsn }: Backup): string =>
  trackedSince === undefined ? '' : `, which needs page tracking from LSN ${pageTrackLsn} on`
