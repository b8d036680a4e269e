// The stage: a working copy beside the target, where everything is made and proved before the
// target appears. A stage that a dead restore left is recognised by its journal and removed.

import { ensureDir, remove } from 'fs-extra/esm'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { openRunJournal, readRunJournal, type RunJournal } from '../repository/run-journal.ts'
import { isTemporaryName, renameDurable } from '../system/atomic-file.ts'
import { exists } from '../system/exists.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from '../system/process-identity.ts'
import { realPathOfNearest } from '../system/real-path.ts'
import { INSTANCE_LOG } from './instance-files.ts'
import type { RestoreContext } from './request.ts'

const ORPHAN_POLL_MS = 50

export interface Stage {
  readonly directory: string
  /** The data directory in the making. */
  readonly data: string
  readonly journal: RunJournal
  /** Makes the target appear, whole, and removes the stage. */
  publish(target: string): Promise<void>
  /** Removes the stage, but for the log of a mysqld that ran there; returns the log's new path. */
  discard(): Promise<string | undefined>
}

/** The stage's directory of a target: beside it, so that publishing is one rename. */
export const stageDirectoryOf = (target: string): string => `${target}.clonectl-stage`

/** Begins a stage for `target`; none is there (clearDeadStage). A mysqld of `owner` can work in it. */
export const beginStage = async (
  context: RestoreContext,
  target: string,
  owner: Owner,
): Promise<Stage> => {
  const directory = stageDirectoryOf(target)
  await ensureDir(dirname(directory))
  await mkdir(directory, { mode: 0o750 })
  const data = join(directory, 'data')
  const journal = openRunJournal(
    journalOf(directory),
    context.command,
    ownIdentity(),
    context.clock,
  )
  await journal.begin('begin')
  await mkdir(data, { mode: 0o750 })
  await giveTo(owner, directory)
  return {
    directory,
    data,
    journal,
    async publish(finalTarget) {
      await renameDurable(data, finalTarget)
      await remove(directory)
    },
    discard: () => discardStage(directory),
  }
}

const journalOf = (directory: string): string => join(directory, 'run.json')

/**
 * Removes the stage that a dead restore into this target left, and ends its mysqld. Throws LOCKED
 * while the restore is alive, PATH_NOT_EMPTY for a directory that is not ours.
 */
export const clearDeadStage = async (context: RestoreContext, target: string): Promise<void> => {
  const directory = stageDirectoryOf(await realPathOfNearest(target))
  if (!(await exists(directory)) || (await removeUnbegun(directory))) return
  const run = await readRunJournal(journalOf(directory))
  if (run === undefined) {
    throw new ClonectlError('PATH_NOT_EMPTY', `${directory} exists and is no stage of clonectl's`, {
      hint: 'move it away, or choose another --target-dir',
      details: { path: directory },
    })
  }
  if (isAlive(run.owner)) {
    const { pid, host } = run.owner
    throw new ClonectlError(
      'LOCKED',
      `a restore into this target is at work (pid ${pid} on ${host})`,
      {
        hint: 'wait for it, or choose another --target-dir',
        details: { pid, host, command: run.command },
      },
    )
  }
  if (run.mysqld !== null) await endOrphan(run.mysqld)
  context.reporter.warn(
    `removing what a dead restore left in ${directory} (last step "${run.steps.at(-1)?.step ?? 'none'}")`,
  )
  await remove(directory)
}

/** A restore killed before its journal was written leaves a directory with nothing of worth in it. */
const removeUnbegun = async (directory: string): Promise<boolean> => {
  const entries = await readdir(directory)
  if (!entries.every(isTemporaryName)) return false
  await remove(directory)
  return true
}

/** Nothing of it is needed, so it is not asked to write its data first. */
const endOrphan = async (mysqld: ProcessIdentity): Promise<void> => {
  while (isAlive(mysqld)) {
    process.kill(mysqld.pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, ORPHAN_POLL_MS))
  }
}

/** The log says why a replay failed; it is kept beside the target, under the stage's name. */
const discardStage = async (directory: string): Promise<string | undefined> => {
  const log = join(directory, INSTANCE_LOG)
  const kept = (await exists(log)) ? `${directory}.log` : undefined
  if (kept !== undefined) await rename(log, kept)
  await remove(directory)
  return kept
}
