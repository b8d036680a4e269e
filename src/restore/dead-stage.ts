// The stage that a dead restore left: recognised by its journal, rid of the processes that still
// work on it, and removed.

import { readdir } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { binlogPullArgument } from '../mysql/mysqlbinlog.ts'
import { datadirArgument } from '../mysql/private-mysqld.ts'
import { readRunJournal, type RunRecord } from '../repository/run-journal.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import { endProcess } from '../system/end-process.ts'
import { exists } from '../system/exists.ts'
import { isAlive, type ProcessIdentity } from '../system/process-identity.ts'
import { findProcessesWith } from '../system/process-search.ts'
import { realPathOfNearest } from '../system/real-path.ts'
import type { RestoreContext } from './request.ts'
import { removeStage, stagePathsOf, type StagePaths } from './stage.ts'

/**
 * Removes the stage that a dead restore into this target left, and ends its mysqld. Throws LOCKED
 * while the restore is alive, PATH_NOT_EMPTY for a directory that is not ours.
 */
export const clearDeadStage = async (context: RestoreContext, target: string): Promise<void> => {
  const realTarget = await realPathOfNearest(target)
  const stage = stagePathsOf(realTarget)
  if (!(await exists(stage.directory))) return
  const told = (await isUnbegun(stage.directory))
    ? 'it holds nothing of worth'
    : await endDeadRestore(stage, realTarget)
  context.reporter.warn(`removing what a dead restore left in ${stage.directory}: ${told}`)
  await removeStage(stage)
}

/** A restore killed before its journal was written leaves a directory with nothing of worth in it. */
const isUnbegun = async (directory: string): Promise<boolean> =>
  (await readdir(directory)).every(isTemporaryName)

/**
 * Makes sure that nobody works there any more; returns how far it had come, in words. Throws LOCKED,
 * PATH_NOT_EMPTY.
 */
export const endDeadRestore = async (stage: StagePaths, target: string): Promise<string> => {
  const run = await readRunJournal(stage.journal)
  if (run === undefined) throw strangeDirectory(stage.directory)
  if (isAlive(run.owner)) throw atWork(run)
  for (const orphan of await orphansOf(stage, run)) await endProcess(orphan)
  const step = run.steps.at(-1)?.step ?? 'none'
  const published = step === 'publish' && !(await exists(stage.data)) && (await exists(target))
  return published ? `it had made ${target}, which is whole` : `its last step was "${step}"`
}

const strangeDirectory = (directory: string): ClonectlError =>
  new ClonectlError('PATH_NOT_EMPTY', `${directory} exists and is no stage of clonectl's`, {
    hint: 'move it away, or choose another --target-dir',
    details: { path: directory },
  })

const atWork = ({ owner: { pid, host }, command }: RunRecord): ClonectlError =>
  new ClonectlError('LOCKED', `a restore into this target is at work (pid ${pid} on ${host})`, {
    hint: 'wait for it, or choose another --target-dir',
    details: { pid, host, command },
  })

/**
 * What a restore starts lives on without it. Its mysqld stands in the journal, unless it died just
 * before noting it; then the paths it was given tell whose it is.
 */
const orphansOf = async (
  stage: StagePaths,
  { mysqld }: RunRecord,
): Promise<readonly ProcessIdentity[]> => [
  ...(mysqld === null ? [] : [mysqld]),
  ...(await findProcessesWith(datadirArgument(stage.data))),
  ...(await findProcessesWith(binlogPullArgument(stage.binlogs))),
]
