// The catalog is the directories: what the repository holds, read without any server.

import { readdir } from 'node:fs/promises'
import type { Backup } from '../chain/backup.ts'
import { type BackupId, parseBackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { RepositoryLayout } from './layout.ts'
import { backupOf } from './manifest.ts'
import { readManifest } from './manifest-file.ts'

export interface DamagedBackup {
  readonly id: BackupId
  readonly error: ClonectlError
}

export interface Catalog {
  /** Sealed backups whose manifest is whole. */
  readonly backups: readonly Backup[]
  /** Backups whose manifest cannot be believed: nothing about them is guessed. */
  readonly damaged: readonly DamagedBackup[]
  /** Directories never sealed: a run at work, or what a dead one left. */
  readonly unsealed: readonly BackupId[]
}

const READERS = 8

/** Reads every manifest. Names that are no backup ids are passed over, never touched. */
export const readCatalog = async (layout: RepositoryLayout): Promise<Catalog> => {
  const names = await readdir(layout.root)
  const ids = names.filter((name) => parseBackupId(name) !== undefined).sort()
  const entries = await mapLimit(ids, READERS, (id) => readEntry(layout, id))
  return {
    backups: entries.filter((entry) => entry !== undefined && 'beginTime' in entry),
    damaged: entries.filter((entry) => entry !== undefined && 'error' in entry),
    unsealed: ids.filter((_, index) => entries[index] === undefined),
  }
}

const readEntry = async (
  layout: RepositoryLayout,
  id: BackupId,
): Promise<Backup | DamagedBackup | undefined> => {
  try {
    const manifest = await readManifest(layout.backup(id))
    return manifest === undefined ? undefined : backupOf(manifest)
  } catch (error) {
    if (error instanceof ClonectlError) return { id, error }
    throw error
  }
}
