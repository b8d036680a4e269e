// Runs that ended without a backup. They leave a directory without a manifest: in the trash when the
// failure was noticed, among the backups when the run was killed.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupId, type BackupType, parseBackupId } from '../chain/backup-id.ts'
import type { ServerSummary } from '../chain/server-summary.ts'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { backupPathsAt, type RepositoryLayout } from '../repository/layout.ts'
import { readRunJournal } from '../repository/run-journal.ts'
import { exists } from '../system/exists.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { UnsealedBackup } from './unsealed-backup.ts'

export interface FailedRun {
  readonly id: BackupId
  readonly type: BackupType
  readonly begun: Date
  /** The last step it had begun; undefined without a readable journal. */
  readonly step: string | undefined
}

const READERS = 8
/** Notes only that the run gave up: the step before it is the one that failed. */
const GIVING_UP = 'discard'

/** Those that trash and unsealed directories still tell of, oldest first. */
export const readFailedRuns = async (
  layout: RepositoryLayout,
  unsealed: readonly UnsealedBackup[],
): Promise<readonly FailedRun[]> => {
  const left = unsealed
    .filter(({ state }) => state === 'left')
    .map(({ id }) => ({ id, directory: layout.backup(id).directory }))
  const moved = (await namesIn(layout.trash)).map((name) => ({
    // A second directory of one name is called name~2.
    id: name.replace(/~\d+$/, ''),
    directory: join(layout.trash, name),
  }))
  const runs = await mapLimit([...left, ...moved], READERS, ({ id, directory }) =>
    readFailedRun(id, directory),
  )
  return runs
    .filter((run) => run !== undefined)
    .sort((a, b) => a.begun.getTime() - b.begun.getTime())
}

const readFailedRun = async (name: string, directory: string): Promise<FailedRun | undefined> => {
  const parts = parseBackupId(name)
  const paths = backupPathsAt(directory)
  // With a manifest it is a backup that was moved aside, and no failure.
  if (parts === undefined || (await exists(paths.manifest))) return undefined
  return { ...parts, step: await lastStep(paths.journal) }
}

const lastStep = async (journal: string): Promise<string | undefined> => {
  try {
    const record = await readRunJournal(journal)
    return record?.steps.findLast(({ step }) => step !== GIVING_UP)?.step
  } catch (error) {
    // That it failed is told by its place; the journal only adds where.
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}

const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'EACCES')) return []
    throw error
  }
}

/** The newest failed run, when no backup was begun after it: then the last run failed. */
export const failedSince = (
  runs: readonly FailedRun[],
  servers: readonly Pick<ServerSummary, 'members'>[],
): FailedRun | undefined => {
  const begun = servers.flatMap(({ members }) =>
    members.map(({ backup }) => parseBackupId(backup.id)?.begun.getTime() ?? 0),
  )
  const last = runs.at(-1)
  return last !== undefined && begun.every((time) => time < last.begun.getTime()) ? last : undefined
}
