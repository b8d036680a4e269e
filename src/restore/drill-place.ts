// Where a drill works: a directory of its own in the scratch directory, with a journal by which the next
// drill knows what a dead one left.

import { chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { remove } from 'fs-extra/esm'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { datadirArgument } from '../mysql/private-mysqld.ts'
import { openRunJournal, readRunJournal, type RunJournal } from '../repository/run-journal.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import { endProcess } from '../system/end-process.ts'
import { exists } from '../system/exists.ts'
import { isAlive, ownIdentity } from '../system/process-identity.ts'
import { findProcessesWith } from '../system/process-search.ts'
import { clearDeadStage } from './dead-stage.ts'
import type { RestoreContext } from './request.ts'
import { removeStage } from './stage.ts'

const PREFIX = 'clonectl-drill-'
/** A directory this young may be one that a drill is just making. */
const UNBEGUN_MS = 60_000

export interface DrillPaths {
  readonly directory: string
  readonly journal: string
  /** The data directory to restore; its stage is made beside it. */
  readonly data: string
}

export interface DrillPlace extends DrillPaths {
  readonly runJournal: RunJournal
}

const pathsAt = (directory: string): DrillPaths => ({
  directory,
  journal: join(directory, 'run.json'),
  data: join(directory, 'data'),
})

/** The real path of the scratch directory. Throws CONFIG when there is none. */
export const requireScratch = async (path: string): Promise<string> => {
  try {
    if ((await stat(path)).isDirectory()) return await realpath(path)
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') && !hasSystemCode(error, 'ENOTDIR')) throw error
  }
  throw new ClonectlError('CONFIG', `--scratch-dir: there is no directory ${path}`, {
    hint: 'name a directory with room for the whole database, outside of the repository',
    details: { field: 'scratch-dir', value: path },
  })
}

/** A name that nobody else uses. Nothing is made yet. */
export const newDrillPaths = (scratch: string): DrillPaths =>
  pathsAt(join(scratch, `${PREFIX}${randomBytes(4).toString('hex')}`))

/** Makes the directory; whoever mysqld runs as can pass through it. */
export const beginDrillPlace = async (
  { command, clock }: RestoreContext,
  paths: DrillPaths,
): Promise<DrillPlace> => {
  await mkdir(paths.directory)
  const runJournal = openRunJournal(paths.journal, command, ownIdentity(), clock)
  await runJournal.begin('begin')
  await chmod(paths.directory, 0o711)
  return { ...paths, runJournal }
}

export interface Leftovers {
  /** Everything stays. */
  readonly keep: boolean
  /** The logs of a mysqld that ended badly stay where errors name them. */
  readonly keepLogs: boolean
}

/** Removes the directory, if there is one, but for what is to be kept. */
export const removeDrillPlace = async (
  paths: DrillPaths,
  { keep, keepLogs }: Leftovers,
): Promise<void> => {
  if (!(await exists(paths.directory))) return
  const names = await readdir(paths.directory)
  const stays = (name: string): boolean => keep || (keepLogs && name.endsWith('.log'))
  const kept = names.filter(stays).map((name) => join(paths.directory, name))
  if (kept.length === 0) return removeStage(paths)
  const entries = names.map((name) => join(paths.directory, name))
  for (const path of entries.filter((entry) => entry !== paths.journal && !kept.includes(entry)))
    await remove(path)
  // Without a journal the next drill lets it be.
  await remove(paths.journal)
}

/** Removes what drills that are dead left in the scratch directory, and ends their servers. */
export const clearDeadDrills = async (context: RestoreContext, scratch: string): Promise<void> => {
  for (const name of await readdir(scratch)) {
    if (/^clonectl-drill-[\da-f]{8}$/.test(name))
      await clearDeadDrill(context, pathsAt(join(scratch, name)))
  }
}

const clearDeadDrill = async (context: RestoreContext, paths: DrillPaths): Promise<void> => {
  const { directory, data, journal } = paths
  try {
    const run = await readRunJournal(journal)
    if (run === undefined ? !(await isUnbegun(directory)) : isAlive(run.owner)) return
    const step = run?.steps.at(-1)?.step ?? 'none'
    context.reporter.warn(
      `removing what a dead drill left in ${directory}: its last step was "${step}"`,
    )
    await clearDeadStage(context, data)
    const servers = await findProcessesWith(datadirArgument(data))
    for (const orphan of [...(run?.mysqld ? [run.mysqld] : []), ...servers])
      await endProcess(orphan)
    await removeStage(paths)
  } catch (error) {
    // What another drill left, or two of them at once remove, is no reason not to begin this one.
    if (hasSystemCode(error, 'ENOENT')) return
    context.reporter.warn(`cannot clear up ${directory}: ${String(error)}`)
  }
}

/** Killed before there was a journal, and not right now. */
const isUnbegun = async (directory: string): Promise<boolean> => {
  const { mtimeMs } = await stat(directory)
  const names = await readdir(directory)
  return Date.now() - mtimeMs > UNBEGUN_MS && names.every(isTemporaryName)
}
