// What the archive holds of one server, or of one of its histories, as it was read.

import type { ClonectlError } from '../errors.ts'
import type { ArchivedBinlog } from './archived-binlog.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import type { Seen } from './seen-file.ts'

/** A binlog the server still wrote to when it was pulled, as far as that came. */
export interface OpenBinlog {
  readonly facts: BinlogFacts
  /** Absolute. */
  readonly path: string
}

/** A binlog of an archive, closed or open. */
export interface BinlogMember {
  readonly facts: BinlogFacts
  /** Absolute path of what is stored: the binlog itself, or that compressed. */
  readonly path: string
  /** Its index entry; undefined for an open one. */
  readonly sealed: ArchivedBinlog | undefined
}

/** Something in the archive that cannot be used. */
export interface DamagedBinlog {
  /** Absolute path of the entry or file that is not what it should be. */
  readonly path: string
  /** Name of the binlog that it is about. */
  readonly name: string
  readonly error: ClonectlError
}

export interface BinlogArchive {
  readonly serverUuid: string
  /** Absolute. */
  readonly directory: string
  /** When it was found that the server had begun anew; null while it is the server's present history. */
  readonly endedAt: string | null
  /** Closed binlogs whose entry and file are there, in the order of their numbers. */
  readonly binlogs: readonly ArchivedBinlog[]
  /** Open ones after them, in order; several while a follower has not yet sealed some. */
  readonly tails: readonly OpenBinlog[]
  /** Both, in order. */
  readonly members: readonly BinlogMember[]
  /** When its server was seen last, and how far it was; everything up to there is in the archive. */
  readonly seen: Seen | undefined
  /** What stands in for binlogs that are not among them; it hides no other. */
  readonly damaged: readonly DamagedBinlog[]
}
