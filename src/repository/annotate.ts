// Changes what the user says of a backup. The repository is locked meanwhile, so that nobody expires it
// just when it is pinned.

import type { Backup } from '../chain/backup.ts'
import { findBackup } from '../chain/find-backup.ts'
import { acquireLock } from '../system/lock-file.ts'
import { readCatalog } from './catalog.ts'
import type { ExpireContext } from './expire.ts'
import type { RepositoryLayout } from './layout.ts'
import { labelled, type Notes, readNotes, writeNotes } from './notes-file.ts'

export interface Annotated {
  readonly backup: Backup
  /** Every sealed backup, the one among them. */
  readonly backups: readonly Backup[]
  readonly before: Notes
  readonly after: Notes
}

/**
 * Gives the backup that `reference` names other notes. Throws LOCKED, BACKUP_UNKNOWN, and
 * REPOSITORY_UNREADABLE when the notes it has cannot be understood.
 */
export const annotate = async (
  { command, clock }: Pick<ExpireContext, 'command' | 'clock'>,
  layout: RepositoryLayout,
  reference: string,
  change: (notes: Notes) => Notes,
): Promise<Annotated> => {
  await using _lock = await acquireLock(layout.lock, { command, now: clock.now() })
  const { backups } = await readCatalog(layout)
  const found = findBackup(reference, backups)
  const paths = layout.backup(found.id)
  const before = await readNotes(paths)
  // What is not in the trash was brought back from there.
  const after = { ...change(before), trashed: null }
  await writeNotes(paths, after)
  return { backup: labelled(found, after), backups, before, after }
}
