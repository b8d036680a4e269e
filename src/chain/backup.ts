// What the chain logic knows of one sealed backup. The manifest holds more; this is what decides.

import type { BackupId, BackupType } from './backup-id.ts'
import type { Lsn } from './lsn.ts'

/** Who makes the increment: the server itself, or clonectl by comparing pages. */
export type Engine = 'greatsql' | 'mysql'

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
  /** Bytes stored in the repository. */
  readonly storedBytes: number
  /** Bytes of the data directory it restores to. */
  readonly resultBytes: number
  readonly compression: 'none' | 'zstd' | 'lz4'
  readonly label: string | undefined
}

/** Orders backups by the time they were begun, oldest first. */
export const byBeginTime = (a: Backup, b: Backup): number =>
  a.beginTime.getTime() - b.beginTime.getTime() || (a.id < b.id ? -1 : 1)
