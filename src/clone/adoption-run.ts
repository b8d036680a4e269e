// The directory that an adopted clone gets in the repository, and what becomes of it when the
// adoption fails.

import { remove } from 'fs-extra/esm'
import { makeBackupId } from '../chain/backup-id.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { discardRun, openRun, type Run } from '../repository/run.ts'
import { exists } from '../system/exists.ts'
import { ownerOf } from '../system/owner.ts'
import type { AdoptionContext } from './adopt.ts'
import type { FoundClone } from './found-clone.ts'
import { moveClone } from './place-clone.ts'

/**
 * Makes the directory and begins its journal. It is named by when the clone was begun; where that name
 * is taken, by the next millisecond. All of it is given to whom the clone belongs.
 */
export const beginAdoption = async (
  context: AdoptionContext,
  layout: RepositoryLayout,
  { beginTime, type, directory }: FoundClone,
): Promise<Run> => {
  const owner = await ownerOf(directory)
  for (let time = beginTime.getTime(); ; time += 1) {
    const id = makeBackupId(new Date(time), type)
    const run = await openRun(context, layout, { id, owner, step: 'adopt' })
    if (run !== undefined) return run
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
