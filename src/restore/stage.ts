// The stage: a working copy beside the target, where everything is made and proved before the
// target appears. What a dead restore left of one is dead-stage.ts's.

import { ensureDir, remove } from 'fs-extra/esm'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openRunJournal, type RunJournal } from '../repository/run-journal.ts'
import { renameDurable } from '../system/atomic-file.ts'
import { exists } from '../system/exists.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { ownIdentity } from '../system/process-identity.ts'
import { INSTANCE_LOG } from './instance-files.ts'
import type { RestoreContext } from './request.ts'

export interface StagePaths {
  readonly directory: string
  readonly journal: string
  /** The data directory in the making. */
  readonly data: string
  /** The increment that is being applied, decompressed. */
  readonly increment: string
  /** Binlogs copied from a running donor. */
  readonly binlogs: string
  /** Binlogs made ready to be replayed. */
  readonly relay: string
}

/** A place where a data directory is made, and the journal of whoever makes it. */
export interface WorkingStage extends Omit<StagePaths, 'journal' | 'binlogs' | 'relay'> {
  readonly journal: RunJournal
}

export interface Stage extends WorkingStage, Pick<StagePaths, 'binlogs' | 'relay'> {
  /** Path of the journal. */
  readonly journalFile: string
  /** Makes the target appear, whole, and removes the stage. */
  publish(target: string): Promise<void>
  /** Removes the stage; the log of a mysqld that ran there can be kept: returns its new path. */
  discard(wish: { readonly keepLog: boolean }): Promise<string | undefined>
}

/** The stage of a target: beside it, so that publishing is one rename. */
export const stagePathsOf = (target: string): StagePaths => {
  const directory = `${target}.clonectl-stage`
  return {
    directory,
    journal: join(directory, 'run.json'),
    data: join(directory, 'data'),
    increment: join(directory, 'increment'),
    binlogs: join(directory, 'binlogs'),
    relay: join(directory, 'relay'),
  }
}

/** Begins a stage for `target`; none is there (clearDeadStage). A mysqld of `owner` can work in it. */
export const beginStage = async (
  context: RestoreContext,
  target: string,
  owner: Owner,
): Promise<Stage> => {
  const paths = stagePathsOf(target)
  const { directory, data } = paths
  await ensureDir(dirname(directory))
  await mkdir(directory, { mode: 0o750 })
  const stage = await takeStage(context, paths, 'begin')
  await mkdir(data, { mode: 0o750 })
  await giveTo(owner, directory)
  return stage
}

/** Takes over the stage of a dead restore as it is. */
export const continueStage = (context: RestoreContext, target: string): Promise<Stage> =>
  takeStage(context, stagePathsOf(target), 'resume')

const takeStage = async (
  { command, clock }: RestoreContext,
  paths: StagePaths,
  firstStep: string,
): Promise<Stage> => {
  const { directory, data, journal: journalFile } = paths
  const journal = openRunJournal(journalFile, command, ownIdentity(), clock)
  await journal.begin(firstStep)
  return {
    ...paths,
    journal,
    journalFile,
    async publish(finalTarget) {
      await renameDurable(data, finalTarget)
      await removeStage(paths)
    },
    async discard({ keepLog }) {
      // A full disk may forbid the note, and must not forbid to free it.
      await journal.begin('discard').catch(() => undefined)
      const kept = keepLog ? await keepLogOf(directory) : undefined
      await removeStage(paths)
      return kept
    },
  }
}

/** The journal goes last: only by it the next run knows that what is left is clonectl's to remove. */
export const removeStage = async ({
  directory,
  journal,
}: Pick<StagePaths, 'directory' | 'journal'>): Promise<void> => {
  const entries = (await readdir(directory)).map((name) => join(directory, name))
  for (const entry of entries.filter((path) => path !== journal)) await remove(entry)
  await remove(directory)
}

/** The log says why a replay failed; it is kept beside the target, under the stage's name. */
const keepLogOf = async (directory: string): Promise<string | undefined> => {
  const log = join(directory, INSTANCE_LOG)
  if (!(await exists(log))) return undefined
  await rename(log, `${directory}.log`)
  return `${directory}.log`
}
