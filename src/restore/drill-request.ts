// What the user asked of a drill, and what came of it.

import type { BackupId } from '../chain/backup-id.ts'
import type { ClonectlError } from '../errors.ts'
import type { DrillRecord } from '../repository/drill-file.ts'
import type { ApplierName } from './applier.ts'
import type { CheckLevel } from './check-tables.ts'
import type { Probe } from './probe-file.ts'
import type { BinlogSource, RestoreContext } from './request.ts'
import type { ReplayWay, RestoreTarget } from './target.ts'
import type { TablePattern } from '../mysql/table-pattern.ts'

export interface DrillRequest {
  readonly target: RestoreTarget
  readonly binlogs: BinlogSource | undefined
  readonly replay: ReplayWay
  readonly skipGtids: string | undefined
  readonly apply: ApplierName | undefined
  /** Directory that exists, in which a directory for this drill is made. */
  readonly scratchDir: string
  /** The tables to look at; all of them when there is no pattern. */
  readonly tables: readonly TablePattern[]
  /** Undefined: CHECK TABLE is not run. */
  readonly checkLevel: CheckLevel | undefined
  readonly probes: readonly Probe[]
  /** Leave the restored directory, its server stopped in good order. */
  readonly keep: boolean
  /** Files, and later tables, worked on at once. */
  readonly parallel: number
  /** System user the private mysqld runs as; default the owner of the files. */
  readonly mysqlUser: string | undefined
}

export interface DrillContext extends RestoreContext {
  readonly clonectlVersion: string
  /** Milliseconds on a clock that is never set. */
  readonly monotonicMs: () => number
}

export interface DrillOutcome {
  readonly record: DrillRecord
  readonly backup: BackupId
  /** Why the drill failed; undefined when all is well. */
  readonly failure: ClonectlError | undefined
  /** Where the evidence is; undefined when it could not be written. */
  readonly evidence: string | undefined
  /** The directory that was left, when that was wanted and there is one. */
  readonly kept: string | undefined
}
