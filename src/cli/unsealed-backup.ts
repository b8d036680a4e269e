// Directories that were begun and never sealed: who works there, or what a dead run left.

import type { BackupId } from '../chain/backup-id.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { readJournalForListing } from '../repository/run-journal.ts'
import { isAlive } from '../system/process-identity.ts'

export interface UnsealedBackup {
  readonly id: BackupId
  /** `running`: its run lives, or may live on another host. */
  readonly state: 'running' | 'left'
  readonly message: string
}

const LEFT = 'the next full or incr moves it to the trash'

/** Tells the story of one unsealed directory from its journal. */
export const tellUnsealed = async (
  layout: RepositoryLayout,
  id: BackupId,
): Promise<UnsealedBackup> => {
  const record = await readJournalForListing(layout.backup(id).journal)
  if (record === undefined)
    return { id, state: 'left', message: `begun, with no readable journal; ${LEFT}` }
  const { pid, host } = record.owner
  const step = record.steps.at(-1)
  const where =
    step === undefined ? 'before its first step' : `in step ${step.step} since ${step.at}`
  return isAlive(record.owner)
    ? { id, state: 'running', message: `process ${pid} on ${host} is at work, ${where}` }
    : { id, state: 'left', message: `process ${pid} on ${host} died ${where}; ${LEFT}` }
}
