// What the user asked of a restore, what it plans, and what came of it.

import type { BackupId } from '../chain/backup-id.ts'
import type { KeySource } from '../cipher/read-key.ts'
import type { RecoveryWindow } from '../chain/recovery-window.ts'
import type { ErrorCode } from '../errors.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import type { Reporter } from '../report/reporter.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Clock } from '../system/clock.ts'
import type { ApplierName } from './applier.ts'
import type { Replayed } from './replay/replay.ts'
import type { ReplayWay, RestoreTarget } from './target.ts'

/** Where the binlogs come from. */
export type BinlogSource =
  /** What the repository keeps. */
  | { readonly kind: 'archive' }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'server'; readonly connection: ConnectionOptions }

export interface RestoreRequest {
  readonly target: RestoreTarget
  /** The data directory to make. */
  readonly targetDir: string
  readonly binlogs: BinlogSource | undefined
  readonly replay: ReplayWay
  /** Transactions to leave out; they count as executed all the same. */
  readonly skipGtids: string | undefined
  /** Who applies increments that the server made; mysqld when nothing is said. */
  readonly apply: ApplierName | undefined
  /** Leave the restored instance running. */
  readonly start: boolean
  /** Files worked on at once. */
  readonly parallel: number
  /** System user a private mysqld runs as; default the owner of the files. */
  readonly mysqlUser: string | undefined
}

export interface RestoreContext {
  readonly repository: RepositoryLayout
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The command line for journals, without secrets. */
  readonly command: string
  /** Where the key of encrypted backups is kept. */
  readonly keySource?: KeySource | undefined
  /** Finds a program of the MySQL installation (mysqld, mysql, mysqlbinlog). Throws TOOL_MISSING. */
  readonly findTool: (name: string) => Promise<string>
}

export interface PlanStep {
  readonly step: string
  readonly what: string
  readonly bytes: number
}

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
}

export interface PlannedBinlog {
  readonly file: string
  /** Byte positions; the first file begins where the backup ends, the last stops at the target. */
  readonly from: number
  readonly to: number
}

/** A restore worked out beforehand. With refusals it will not be begun. */
export interface RestorePlan {
  readonly target: RestoreTarget
  readonly targetDir: string
  readonly chain: readonly BackupId[]
  readonly steps: readonly PlanStep[]
  /** Who applies increments; undefined when there are none that the server made. */
  readonly appliedBy: ApplierName | undefined
  readonly binlogs: readonly PlannedBinlog[]
  /** Bytes. */
  readonly diskNeeded: number
  readonly diskFree: number
  readonly recoveryWindow: RecoveryWindow | undefined
  readonly refusals: readonly Refusal[]
  /** What a user should know before it is begun. */
  readonly warnings: readonly string[]
}

export interface RunningInstance {
  readonly pid: number
  readonly socket: string
  readonly configFile: string
  readonly logFile: string
}

export interface RestoreOutcome {
  readonly plan: RestorePlan
  readonly targetDir: string
  readonly files: number
  readonly bytes: number
  /** Undefined when nothing was replayed. */
  readonly replayed: Replayed | undefined
  /** The restored instance, when it was left running. */
  readonly instance: RunningInstance | undefined
}
