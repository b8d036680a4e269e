// What a backup run is handed: everything outside it, so that the story can be tested and reused.

import type { Session } from '../mysql/session.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'

export interface CloneContext {
  /** A session on the donor; the CLONE statement runs on it. */
  readonly session: Session
  /** Opens another session on the donor, to watch and to cancel the first. */
  readonly openSession: () => Promise<Session>
  /** Directory of the repository, as the user wrote it. */
  readonly repository: string
  readonly reporter: Reporter
  readonly clock: Clock
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal
  /** The command line for locks and journals, without secrets. */
  readonly command: string
  readonly clonectlVersion: string
}
