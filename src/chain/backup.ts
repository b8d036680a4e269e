// What the chain logic knows of one sealed backup. The manifest holds more; this is what decides.

import type { BackupId, BackupType } from './backup-id.ts'
import type { Lsn } from './lsn.ts'

/** Who makes the increment: the server itself, or clonectl by comparing pages. */
export type Engine = 'greatsql' | 'mysql'

/** Where the donor stood in its binlogs. */
export interface LogPlace {
  /** On the clock of the host that took the backup. */
  readonly at: Date
  /** Null when the donor wrote no binlog. */
  readonly binlogFile: string | null
  /** Bytes from the beginning of that file. */
  readonly binlogPosition: number
  /** Text of a set; empty without GTIDs. */
  readonly gtidExecuted: string
}

export interface Backup {
  readonly id: BackupId
  readonly type: BackupType
  readonly engine: Engine
  /** What an increment was made on; undefined for a full. */
  readonly base: BackupId | undefined
  /** `@@server_uuid` of the donor: LSNs of different servers cannot be compared. */
  readonly serverUuid: string
  /** `@@version` of the donor. */
  readonly serverVersion: string
  /** 0 for a full; for an increment, every page changed since this LSN is in it. */
  readonly startLsn: Lsn
  /** An increment on this backup starts here. */
  readonly pageTrackLsn: Lsn
  /** The consistency point: where the redo of the backup ends. */
  readonly endLsn: Lsn
  /** LSN since which the server has tracked pages without a break; undefined when it did not. */
  readonly trackedSince: Lsn | undefined
  readonly beginTime: Date
  /** Recovery targets from here on can be reached with this backup and the binlogs after it. */
  readonly endTime: Date
  /** Just before the clone began: the backup holds at least what was committed then. */
  readonly before?: LogPlace | undefined
  /** Just after it ended. */
  readonly after?: LogPlace | undefined
  /** Bytes stored in the repository. */
  readonly storedBytes: number
  /** Bytes of the data directory it restores to. */
  readonly resultBytes: number
  readonly compression: 'none' | 'zstd' | 'lz4'
  /** Scheme and key, as one word; undefined when nothing is encrypted. */
  readonly encryption?: string | undefined
  readonly label: string | undefined
  /** The increment whose state a merged full holds, to the byte; undefined for any other backup. */
  readonly standsFor?: BackupId | undefined
}

/**
 * Orders backups by the time they were begun, oldest first. A merged full has the times of what it stands
 * for and comes right after it: of the two, the latest is the one that needs no other.
 */
export const byBeginTime = (a: Backup, b: Backup): number =>
  a.beginTime.getTime() - b.beginTime.getTime() || bySubstitution(a, b) || (a.id < b.id ? -1 : 1)

const bySubstitution = (a: Backup, b: Backup): number =>
  Number(a.standsFor === b.id) - Number(b.standsFor === a.id)
