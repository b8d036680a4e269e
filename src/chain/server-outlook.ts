// What a server can be brought back to, and what its next increment is made on: before backups went, and
// after.

import type { Backup } from './backup.ts'
import { recoveryWindow, type RecoveryWindow } from './recovery-window.ts'

export interface ServerOutlook {
  readonly serverUuid: string
  /** What the backups reach without binlogs; undefined when none can be restored. */
  readonly window: { readonly before?: RecoveryWindow; readonly after?: RecoveryWindow }
  /** The newest backup that can be restored: `incr` takes it. Without one the next is a full. */
  readonly nextBase: { readonly before?: Backup; readonly after?: Backup }
}

/** `before` and `after` are what can be restored of one server, oldest first. */
export const outlookOf = (
  serverUuid: string,
  before: readonly Backup[],
  after: readonly Backup[],
): ServerOutlook => ({
  serverUuid,
  window: { ...both(windowOf(before), windowOf(after)) },
  nextBase: { ...both(before.at(-1), after.at(-1)) },
})

const both = <Fact>(before: Fact | undefined, after: Fact | undefined) => ({
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
})

const windowOf = (backups: readonly Backup[]): RecoveryWindow | undefined => {
  const byEnd = [...backups].sort((a, b) => a.endTime.getTime() - b.endTime.getTime())
  // The outermost decide; all of them would be too many arguments.
  return recoveryWindow([...byEnd.slice(0, 1), ...byEnd.slice(-1)], undefined)
}
