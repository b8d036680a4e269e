// What a drill finds out, step by step: what is known when it ends early is evidence, too.

import type { DrillProblem, ProbeResult, TableResult } from '../repository/drill-file.ts'
import type { RestoreOutcome } from './request.ts'

export interface DrillFindings {
  restored: RestoreOutcome | undefined
  /** Whole milliseconds until the server answered. */
  recoveryMs: number | undefined
  mysqldVersion: string | undefined
  gtidExecuted: string | undefined
  otherTables: number
  readonly tables: TableResult[]
  readonly probes: ProbeResult[]
  readonly problems: DrillProblem[]
  /** What the server is asked right now: should it die, this was it. */
  readonly busy: Set<string>
  /** What the server complained of in its log. */
  logErrors: readonly string[]
}

/** Of a drill that has just begun. */
export const newFindings = (): DrillFindings => ({
  restored: undefined,
  recoveryMs: undefined,
  mysqldVersion: undefined,
  gtidExecuted: undefined,
  otherTables: 0,
  tables: [],
  probes: [],
  problems: [],
  busy: new Set(),
  logErrors: [],
})
