// One attempt at a backup: its directory, its journal, and what becomes of it when it fails.

import { remove } from 'fs-extra/esm'
import { mkdir } from 'node:fs/promises'
import { type BackupId, type BackupType, makeBackupId } from '../chain/backup-id.ts'
import { hasSystemCode } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'
import { giveTo, type Owner, ownerOf } from '../system/owner.ts'
import { ownIdentity } from '../system/process-identity.ts'
import type { BackupPaths, RepositoryLayout } from './layout.ts'
import { openRunJournal, type RunJournal } from './run-journal.ts'
import { moveToTrash } from './trash.ts'

export interface Run {
  readonly id: BackupId
  readonly paths: BackupPaths
  readonly journal: RunJournal
  /** Whom mysqld runs as: everything of the backup is given to it. */
  readonly owner: Owner
}

export interface RunContext {
  /** The command line for the journal, without secrets. */
  readonly command: string
  readonly clock: Clock
}

/**
 * Makes the directory of a new backup, named by the time, and begins its journal. mysqld, whose data
 * directory is `datadir`, must be able to write into it.
 */
export const beginRun = async (
  context: RunContext,
  layout: RepositoryLayout,
  type: BackupType,
  datadir: string,
): Promise<Run> => {
  const owner = await ownerOf(datadir)
  // Two runs in one millisecond cannot share a name: the second takes the next one.
  for (;;) {
    const id = makeBackupId(context.clock.now(), type)
    const run = await openRun(context, layout, { id, owner, step: 'begin' })
    if (run !== undefined) return run
  }
}

export interface RunRequest {
  readonly id: BackupId
  readonly owner: Owner
  /** The first step of the journal. */
  readonly step: string
}

/** Makes the directory of the backup with this name; undefined when there is one already. */
export const openRun = async (
  { command, clock }: RunContext,
  layout: RepositoryLayout,
  { id, owner, step }: RunRequest,
): Promise<Run | undefined> => {
  const paths = layout.backup(id)
  try {
    await mkdir(paths.directory, { mode: 0o750 })
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return undefined
    throw error
  }
  const journal = openRunJournal(paths.journal, command, ownIdentity(), clock)
  await journal.begin(step)
  await giveTo(owner, paths.directory)
  return { id, paths, journal, owner }
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

/**
 * The same for whoever is about to tell of another failure, which must not be hidden by one in clearing
 * up: throws nothing. The next run clears too.
 */
export const discardQuietly = async (
  reporter: Reporter,
  layout: RepositoryLayout,
  run: Run,
): Promise<void> => {
  try {
    const destination = await discardRun(layout, run)
    reporter.info(`removed the unfinished ${run.id}, its journal is in the trash`, { destination })
  } catch (error) {
    reporter.warn(`could not clear ${run.paths.directory}: ${String(error)}`)
  }
}
