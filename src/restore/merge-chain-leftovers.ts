// What a dead merge left in the repository. It asked no server for anything, so it can be put away
// without one; what a dead backup left waits for the next full or incr, which asks its server.

import { readdir } from 'node:fs/promises'
import type { BackupId } from '../chain/backup-id.ts'
import { readDeadRun, tellDeadRun } from '../repository/dead-run.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { RunRecord } from '../repository/run-journal.ts'
import { moveToTrash } from '../repository/trash.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import type { RestoreContext } from './request.ts'

/** The first step in the journal of a merge: it tells whose the directory is. */
export const MERGE_STEP = 'merge'

/** Moves them to the trash; returns where. `unsealed` are the directories without a manifest. */
export const clearMergeLeftovers = async (
  { repository: layout, reporter }: Pick<RestoreContext, 'repository' | 'reporter'>,
  unsealed: readonly BackupId[],
): Promise<readonly string[]> => {
  const moved: string[] = []
  for (const id of unsealed) {
    const run = await readDeadRun(layout, id)
    if (!(await isOfMerge(layout, id, run))) continue
    const destination = await moveToTrash(layout, id)
    reporter.warn(`moved ${id} to the trash: ${tellDeadRun(run)}`, { destination })
    moved.push(destination)
  }
  return moved
}

/** A directory with nothing in it yet may be anybody's, and is of no use to anybody. */
const isOfMerge = async (
  layout: RepositoryLayout,
  id: BackupId,
  run: RunRecord | undefined,
): Promise<boolean> =>
  run === undefined
    ? (await readdir(layout.backup(id).directory)).every(isTemporaryName)
    : run.steps[0]?.step === MERGE_STEP
