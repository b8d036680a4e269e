// Checks as data: what preflight requires and `doctor` reports. A check never throws for what it
// looks at; a finding says what was found and what to do.

import type { Capabilities } from '../mysql/capabilities.ts'
import type { ServerIdentity } from '../mysql/server-identity.ts'
import type { Session } from '../mysql/session.ts'

export interface CheckContext {
  readonly session: Session
  readonly identity: ServerIdentity
  readonly capabilities: Capabilities
  /** Absolute path of the repository; undefined when none was named. */
  readonly repository: string | undefined
  /** Whether the run wants page tracking on. */
  readonly pageTrack: boolean
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
