// One attempt at a backup: its directory, its journal, and what becomes of it when it fails.

import { remove } from 'fs-extra/esm'
import { mkdir } from 'node:fs/promises'
import { type BackupId, type BackupType, makeBackupId } from '../chain/backup-id.ts'
import { hasSystemCode } from '../errors.ts'
import type { BackupPaths, RepositoryLayout } from '../repository/layout.ts'
import { openRunJournal, type RunJournal } from '../repository/run-journal.ts'
import { moveToTrash } from '../repository/trash.ts'
import { ownIdentity } from '../system/process-identity.ts'
import { giveTo, type Owner, ownerOf } from '../system/owner.ts'
import type { CloneContext } from './context.ts'

export interface Run {
  readonly id: BackupId
  readonly paths: BackupPaths
  readonly journal: RunJournal
  /** Whom mysqld runs as: everything of the backup is given to it. */
  readonly owner: Owner
}

/** Makes the directory of a new backup and begins its journal. mysqld must be able to write into it. */
export const beginRun = async (
  context: CloneContext,
  layout: RepositoryLayout,
  type: BackupType,
  datadir: string,
): Promise<Run> => {
  const id = await makeDirectory(context, layout, type)
  const paths = layout.backup(id)
  const journal = openRunJournal(paths.journal, context.command, ownIdentity(), context.clock)
  await journal.begin('begin')
  const owner = await ownerOf(datadir)
  await giveTo(owner, paths.directory)
  return { id, paths, journal, owner }
}

/** Two runs in one millisecond cannot share a name: the second takes the next one. */
const makeDirectory = async (
  context: CloneContext,
  layout: RepositoryLayout,
  type: BackupType,
): Promise<BackupId> => {
  for (;;) {
    const id = makeBackupId(context.clock.now(), type)
    try {
      await mkdir(layout.backup(id).directory, { mode: 0o750 })
      return id
    } catch (error) {
      if (!hasSystemCode(error, 'EEXIST')) throw error
    }
  }
}

/**
 * Puts a failed run out of the way: the journal goes to the trash, the half data is freed. The
 * manifest goes first, should the failure have come while it was written. Returns where it was moved.
 */
export const discardRun = async (layout: RepositoryLayout, run: Run): Promise<string> => {
  await remove(run.paths.manifest)
  await run.journal.begin('discard')
  for (const bulk of [run.paths.data, run.paths.staging, run.paths.pagemap]) {
    await remove(bulk)
  }
  return moveToTrash(layout, run.id)
}
