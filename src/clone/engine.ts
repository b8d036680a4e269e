// What an engine does: it makes the data of a backup and says what it holds. Everything around
// that (deciding, checking, journalling, sealing) is the same for both.

import type { Backup } from '../chain/backup.ts'
import type { Lsn } from '../chain/lsn.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Coordinates, DeltaEntry, Manifest, StoredFile } from '../repository/manifest.ts'
import type { Run } from '../repository/run.ts'
import type { CloneContext } from './context.ts'
import type { Servers } from './donor.ts'
import type { BackupRequest } from './request.ts'

export interface EngineJob extends Servers {
  readonly context: CloneContext
  readonly request: BackupRequest
  /** Undefined: nothing is encrypted. */
  readonly key: StoredKey | undefined
  readonly layout: RepositoryLayout
  readonly run: Run
}

export interface EngineResult {
  readonly startLsn: Lsn
  readonly pageTrackLsn: Lsn
  readonly endLsn: Lsn
  readonly beginTime: Date
  readonly endTime: Date
  readonly before: Coordinates
  readonly after: Coordinates
  readonly history: Manifest['history']
  /** Files below `data/`, paths relative to the backup's directory. */
  readonly files: readonly StoredFile[]
  readonly deltas: readonly DeltaEntry[]
  readonly result: Manifest['result']
  /** Bytes of the restored data directory. */
  readonly restoredBytes: number
}

export interface Engine {
  readonly name: Backup['engine']
  takeFull(job: EngineJob): Promise<EngineResult>
  takeIncrement(job: EngineJob, base: Backup): Promise<EngineResult>
}
