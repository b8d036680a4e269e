// What pulling is handed and what it answers.

import type { Compression } from '../codec/compression.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import type { Reporter } from '../report/reporter.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Clock } from '../system/clock.ts'
import type { BinlogGap } from './binlog-gap.ts'

export interface PullContext {
  readonly reporter: Reporter
  readonly clock: Clock
  /** Aborted when the user cancels; the end of a follower. */
  readonly signal: AbortSignal
  /** The command line for the lock, without secrets. */
  readonly command: string
  /** Finds a program. Throws TOOL_MISSING. */
  readonly findTool: (name: string) => Promise<string>
}

export interface PullRequest {
  readonly layout: RepositoryLayout
  /** The server whose binlogs they are; the account needs REPLICATION SLAVE and REPLICATION CLIENT. */
  readonly connection: ConnectionOptions
  /** How sealed binlogs are stored; zstd only. */
  readonly compression?: Compression | undefined
  /** Where an archive begins that holds nothing yet; at the oldest binlog of the server without it. */
  readonly from?: string | undefined
  /** When the server has begun anew: set aside what is archived, and begin anew as well. */
  readonly afterReset?: boolean | undefined
}

/** What was sealed. */
export interface SealedTally {
  readonly files: number
  /** Of the binlogs, and of what is stored of them. */
  readonly sizeBytes: number
  readonly storedBytes: number
  /** Names of the first and the last; null when nothing was. */
  readonly first: string | null
  readonly last: string | null
}

export interface PullOutcome {
  readonly serverUuid: string
  readonly serverVersion: string
  /** Absolute path of the server's archive. */
  readonly directory: string
  readonly sealed: SealedTally
  /** The binlog the server still writes to, as far as the archive has it. */
  readonly tail: { readonly name: string; readonly sizeBytes: number } | null
  /** Places that recovery cannot cross, found in this pull. */
  readonly gaps: readonly BinlogGap[]
  /** The last commit that the archive holds, microseconds since 1970; null when it holds none. */
  readonly reachMicros: string | null
  /** Where an ended history was set aside; null when none was. */
  readonly setAside: string | null
  /** How often the connection was lost and found again; always 0 without following. */
  readonly reconnects: number
}
