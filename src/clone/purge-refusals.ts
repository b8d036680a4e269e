// What forbids a purge of page-tracking data, asked before anything is changed.

import type { Backup } from '../chain/backup.ts'
import { ClonectlError } from '../errors.ts'
import { readCloneStatus } from '../mysql/clone-status.ts'
import type { Session } from '../mysql/session.ts'
import { baseInNeed } from './tracking-need.ts'
import type { TrackingScene } from './tracking-status.ts'

/** Asked before tracking is stopped, because the purge would be refused only after (error 3804). Throws SERVER. */
export const requireNoClone = async (session: Session): Promise<void> => {
  const clone = (await readCloneStatus(session)).find(({ state }) => state === 'In Progress')
  if (clone === undefined) return
  throw new ClonectlError(
    'SERVER',
    `session ${clone.pid} is cloning into ${clone.destination}: nothing can be purged meanwhile`,
    { hint: 'try again when the clone has ended' },
  )
}

/**
 * Refuses to end tracking that a base relies on, or that it cannot be told of for lack of a
 * repository. Throws PAGE_TRACK_NEEDED.
 */
export const requireNotNeeded = ({ next, state }: TrackingScene): void => {
  const base = baseInNeed(next)
  if (next !== undefined && base === undefined) return
  const since = String(state.trackedSince)
  const what =
    base === undefined
      ? `without a repository it cannot be told which backup needs the page tracking since LSN ${since}`
      : needOf(base, since)
  throw new ClonectlError('PAGE_TRACK_NEEDED', what, {
    hint: `${base === undefined ? 'name it with --repo, or ' : ''}purge with --force; the next backup must then be a full`,
    details: {
      trackedSince: since,
      base: base?.id ?? null,
      pageTrackLsn: base?.pageTrackLsn.toString() ?? null,
    },
  })
}

const needOf = (base: Backup, since: string): string =>
  `an increment on ${base.id} needs the page tracking since LSN ${since} to go on unbroken; ` +
  `its data from LSN ${base.pageTrackLsn} on cannot be kept, because a purge stops and starts tracking`
