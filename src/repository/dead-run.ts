// What a run left that died before it sealed its backup, as its journal tells it.

import type { BackupId } from '../chain/backup-id.ts'
import type { RepositoryLayout } from './layout.ts'
import { readRunJournal, type RunRecord } from './run-journal.ts'

/** A journal that cannot be read says no more than a missing one: the directory goes either way. */
export const readDeadRun = async (
  layout: RepositoryLayout,
  id: BackupId,
): Promise<RunRecord | undefined> => {
  try {
    return await readRunJournal(layout.backup(id).journal)
  } catch {
    return undefined
  }
}

/** How it ended, in words. */
export const tellDeadRun = (run: RunRecord | undefined): string => {
  const last = run?.steps.at(-1)
  return run === undefined || last === undefined
    ? 'a run died before it wrote its journal'
    : `a run (${run.command}, pid ${run.owner.pid}) died in step "${last.step}" at ${last.at}`
}
