// The directory that an adopted clone gets in the repository, and what becomes of it when the
// adoption fails.

import { remove } from 'fs-extra/esm'
import { mkdir } from 'node:fs/promises'
import { type BackupId, makeBackupId } from '../chain/backup-id.ts'
import { hasSystemCode } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { openRunJournal } from '../repository/run-journal.ts'
import { exists } from '../system/exists.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { ownIdentity } from '../system/process-identity.ts'
import type { AdoptionContext } from './adopt.ts'
import type { FoundClone } from './found-clone.ts'
import { moveClone } from './place-clone.ts'
import { discardRun, type Run } from './run.ts'

/** Makes the directory and begins its journal. All of it is given to whom the clone belongs. */
export const beginAdoption = async (
  context: AdoptionContext,
  layout: RepositoryLayout,
  clone: FoundClone,
): Promise<Run> => {
  const id = await makeDirectory(layout, clone)
  const paths = layout.backup(id)
  const journal = openRunJournal(paths.journal, context.command, ownIdentity(), context.clock)
  await journal.begin('adopt')
  const owner = await ownerOf(clone.directory)
  await giveTo(owner, paths.directory)
  return { id, paths, journal, owner }
}

/** Named by when the clone was begun; where that name is taken, by the next millisecond. */
const makeDirectory = async (
  layout: RepositoryLayout,
  { beginTime, type }: FoundClone,
): Promise<BackupId> => {
  for (let time = beginTime.getTime(); ; time += 1) {
    const id = makeBackupId(new Date(time), type)
    try {
      await mkdir(layout.backup(id).directory, { mode: 0o750 })
      return id
    } catch (error) {
      if (!hasSystemCode(error, 'EEXIST')) throw error
    }
  }
}

/**
 * Leaves no backup behind. `source` is where a clone that was to be moved came from: it goes back
 * there first, and should that fail it stays where it is. Throws nothing: the failure that is being
 * told must not be hidden.
 */
export const undoAdoption = async (
  { reporter }: Pick<AdoptionContext, 'reporter'>,
  layout: RepositoryLayout,
  run: Run,
  source: string | undefined,
): Promise<void> => {
  try {
    await remove(run.paths.manifest)
    if (source !== undefined && !(await exists(source))) await moveClone(run.paths.data, source)
    const destination = await discardRun(layout, run)
    reporter.info(`removed the unfinished ${run.id}, its journal is in the trash`, { destination })
  } catch (error) {
    reporter.warn(`could not clear ${run.paths.directory}: ${String(error)}`)
  }
}
