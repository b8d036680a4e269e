// What is looked for in binlogs, and what is found: transactions, each with what it changed.

import type { BinlogEvent } from '../mysql/binlog-event.ts'
import type { BodyBytes } from '../mysql/event-reader.ts'
import type { ChangeType } from '../mysql/change-type.ts'
import type { TablePattern } from '../mysql/table-pattern.ts'
import type { BinlogFacts } from './binlog-facts.ts'

/** A binlog to look into. */
export interface SearchedBinlog {
  readonly name: string
  /** For messages. */
  readonly path: string
  /** Name of the archive that holds it; null for a binlog that lies elsewhere. */
  readonly archive: string | null
  /** What is known beforehand; undefined when nothing is. */
  readonly facts: BinlogFacts | undefined
  readonly events: (bodyBytes: BodyBytes) => AsyncIterable<BinlogEvent>
}

export interface TransactionSearch {
  /** None: every table. */
  readonly tables: readonly TablePattern[]
  /** Undefined: every kind of change. */
  readonly type: ChangeType | undefined
  /** Commit times, both included, in microseconds since 1970. */
  readonly from: bigint | undefined
  readonly to: bigint | undefined
  /** Only transactions of this set. */
  readonly gtids: string | undefined
  /** Not more transactions than that, the first ones. */
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/** What a transaction did to one table. */
export interface FoundChange {
  readonly type: ChangeType
  readonly database: string
  /** Null: every table of the database. */
  readonly table: string | null
  /** Null for statements, and where rows could not be counted. */
  readonly rows: number | null
  readonly events: number
  /** Size of these events; of compressed ones before their compression. */
  readonly bytes: number
  /** The beginning of the first statement, when there is one in the binlog. */
  readonly statement: string | null
}

/** Where a transaction stands. */
export interface TransactionPlace {
  readonly archive: string | null
  readonly file: string
  /** Where it begins: a replay up to there leaves it out. */
  readonly position: number
  readonly endPosition: number
  readonly gtid: string | null
  readonly micros: bigint
}

export interface FoundTransaction extends TransactionPlace {
  readonly changes: readonly FoundChange[]
}

/** A transaction that is compressed and too large to be looked into. */
export interface UnopenedTransaction extends TransactionPlace {
  readonly uncompressedBytes: number
}

export interface DamagedSearch {
  readonly path: string
  readonly message: string
}

export interface SearchOutcome {
  readonly transactions: readonly FoundTransaction[]
  /** Whether there are more than the limit. */
  readonly isCut: boolean
  readonly unopened: readonly UnopenedTransaction[]
  /** Binlogs that were not read to their end because of damage. */
  readonly damaged: readonly DamagedSearch[]
  /** Number of binlogs read, and of those that could not hold anything wanted. */
  readonly read: number
  readonly passed: number
}
