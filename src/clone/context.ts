// What a backup run is handed: everything outside it, so that the story can be tested and reused.

import type { Session } from '../mysql/session.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'
import type { DonorAddress } from './clone-statement.ts'

/** A donor on another machine: the server that runs the statement fetches the data from it. */
export interface RemoteDonor {
  /** A session on the donor, to ask it about itself. */
  readonly session: Session
  readonly address: DonorAddress
}

export interface CloneContext {
  /** A session on the server that runs CLONE, on whose machine the repository is. */
  readonly session: Session
  /** Opens another session on that server, to watch and to cancel the first. */
  readonly openSession: () => Promise<Session>
  /** Undefined when the server clones itself. */
  readonly remote?: RemoteDonor | undefined
  /** Directory of the repository, as the user wrote it. */
  readonly repository: string
  readonly reporter: Reporter
  readonly clock: Clock
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal
  /** The command line for locks and journals, without secrets. */
  readonly command: string
  readonly clonectlVersion: string
  /** Finds a program. Throws TOOL_MISSING. */
  readonly findTool: (name: string) => Promise<string>
}
