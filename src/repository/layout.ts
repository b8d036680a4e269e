// Where everything lies in a repository of format 1. docs/repository-format.md describes it for
// users.

import { join } from 'node:path'
import type { BackupId } from '../chain/backup-id.ts'

/** The format this version writes, and the newest it reads. */
export const REPOSITORY_FORMAT = 1

/** Names inside one backup's directory. */
export const BACKUP_ENTRIES = {
  data: 'data',
  server: 'server.json',
  pagemap: 'pagemap',
  journal: 'run.json',
  manifest: 'manifest.json',
  /** When what was last verified; it changes after sealing. */
  verified: 'verified.json',
  /** What the user says of it: pin and label; it changes after sealing. */
  notes: 'notes.json',
  /** The evidence of drills; it grows after sealing. */
  drills: 'drills',
  /** Exists only while an increment is made. */
  staging: 'staging',
} as const

export interface BackupPaths {
  readonly directory: string
  readonly data: string
  readonly server: string
  readonly pagemap: string
  readonly journal: string
  readonly manifest: string
  readonly verified: string
  readonly notes: string
  readonly drills: string
  readonly staging: string
}

export interface RepositoryLayout {
  readonly root: string
  readonly header: string
  readonly lock: string
  readonly trash: string
  /** The archive of binlogs: a directory for each server. */
  readonly binlogs: string
  backup(id: BackupId): BackupPaths
}

/** The paths of the repository at `root`, which is absolute. */
export const layoutOf = (root: string): RepositoryLayout => ({
  root,
  header: join(root, 'repository.json'),
  lock: join(root, 'lock'),
  trash: join(root, 'trash'),
  binlogs: join(root, 'binlog'),
  backup: (id) => backupPathsAt(join(root, id)),
})

/** The paths of one backup, wherever its directory is. */
export const backupPathsAt = (directory: string): BackupPaths => ({
  directory,
  data: join(directory, BACKUP_ENTRIES.data),
  server: join(directory, BACKUP_ENTRIES.server),
  pagemap: join(directory, BACKUP_ENTRIES.pagemap),
  journal: join(directory, BACKUP_ENTRIES.journal),
  manifest: join(directory, BACKUP_ENTRIES.manifest),
  verified: join(directory, BACKUP_ENTRIES.verified),
  notes: join(directory, BACKUP_ENTRIES.notes),
  drills: join(directory, BACKUP_ENTRIES.drills),
  staging: join(directory, BACKUP_ENTRIES.staging),
})
