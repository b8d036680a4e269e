// Checks as data: what preflight requires and `doctor` reports. A check never throws for what it
// looks at; a finding says what was found and what to do.

import type { Engine } from '../chain/backup.ts'
import type { KeySource } from '../cipher/read-key.ts'
import type { Compression } from '../codec/compression.ts'
import type { DonorAddress } from './clone-statement.ts'
import type { Server } from './donor.ts'

/** The donor, and what is planned with it. */
export interface CheckContext extends Server {
  /** The server that runs CLONE; the donor itself when there is no other. */
  readonly recipient: Server
  /** Undefined when the donor clones itself. */
  readonly donorAddress: Pick<DonorAddress, 'host' | 'port'> | undefined
  readonly engine: Engine
  /** Absolute path of the repository; undefined when none was named. */
  readonly repository: string | undefined
  /** Whether the run wants page tracking on. */
  readonly pageTrack: boolean
  readonly compression: Compression | undefined
  /** Undefined: nothing is to be encrypted. */
  readonly encryption?: KeySource | undefined
}

export interface Finding {
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** SQL statements that would mend it, in order; `doctor --fix` runs them. */
  readonly fix?: readonly string[]
}

export interface Check {
  /** Stable name in kebab-case, such as `clone-plugin`. */
  readonly name: string
  run(context: CheckContext): Promise<Finding>
}

export interface CheckResult extends Finding {
  readonly name: string
}
