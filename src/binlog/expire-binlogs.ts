// Removes archived binlogs that no kept backup can use, the oldest first. The entry goes before its file, so
// that one half removed does not count as archived, and never looks like a damaged one; the next expiry
// clears up after one that was killed. No puller touches what is closed, so none is kept waiting.

import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { byBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'
import type { Reporter } from '../report/reporter.ts'
import { syncDirectory } from '../system/atomic-file.ts'
import { openFilesIn } from '../system/open-files.ts'
import { type ArchivedBinlog, entryNameOf } from './archived-binlog.ts'
import type { BinlogArchive } from './binlog-archive.ts'
import type { ArchivePlan } from './needed-binlogs.ts'
import { COMPRESSED } from './salvage.ts'

export interface BinlogExpiryContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** Does what is planned, and returns what was done: where another process reads one, it and what follows stay. */
export const expireBinlogs = async (
  { reporter, signal }: BinlogExpiryContext,
  plans: readonly ArchivePlan[],
): Promise<readonly ArchivePlan[]> => {
  const done: ArchivePlan[] = []
  for (const plan of plans) {
    const { archive, expired } = plan
    if (expired.length > 0) await clearUp(archive)
    const possible = expired.length === 0 ? plan : await unlessRead(plan, reporter)
    for (const name of namesOf(possible)) {
      signal.throwIfAborted()
      await removeOne(archive, name)
    }
    if (possible.why === undefined) await removeDirectory(archive)
    if (possible.expired.length > 0)
      reporter.info(`removed ${possible.expired.length} binlogs of ${archive.directory}`)
    done.push(possible)
  }
  return done
}

/** A restore that has lost its binlogs would only fail, but need not. */
const unlessRead = async (plan: ArchivePlan, reporter: Reporter): Promise<ArchivePlan> => {
  const { archive, expired, kept } = plan
  const { directory } = archive
  const open = new Map((await openFilesIn(directory)).map(({ path, pid }) => [path, pid]))
  const isRead = ({ stored }: ArchivedBinlog) => open.has(join(directory, stored.path))
  const index = expired.findIndex(isRead)
  const first = expired[index]
  if (first === undefined) return plan
  const pid = open.get(join(directory, first.stored.path)) ?? 0
  reporter.warn(`${first.name} and what follows stay: process ${pid} reads it`)
  return {
    archive,
    expired: expired.slice(0, index),
    damaged: plan.damaged.filter((name) => byBinlogName(name, first.name) < 0),
    kept: [...expired.slice(index), ...kept],
    why: { code: 'IN_USE', message: `is read by process ${pid}` },
  }
}

/** Oldest first, so that no hole is left wherever it stops. */
const namesOf = ({ expired, damaged }: ArchivePlan): readonly string[] =>
  [...expired.map(({ name }) => name), ...damaged].sort(byBinlogName)

const removeOne = async ({ directory }: BinlogArchive, name: string): Promise<void> => {
  await rm(join(directory, entryNameOf(name)), { force: true })
  await syncDirectory(directory)
  for (const file of [name, `${name}${COMPRESSED}`])
    await rm(join(directory, file), { force: true })
}

/** Files without an entry before the oldest with one: an expiry that was killed has left them. */
const clearUp = async ({ directory, binlogs, damaged }: BinlogArchive): Promise<void> => {
  const [oldest] = [...binlogs, ...damaged].map(({ name }) => name).sort(byBinlogName)
  if (oldest === undefined) return
  for (const file of await readdir(directory)) {
    const name = file.replace(/\.zst$/u, '')
    if (parseBinlogName(name) !== undefined && byBinlogName(name, oldest) < 0)
      await rm(join(directory, file), { force: true })
  }
}

/** Of a history that is over; whatever else somebody has put there stays, and the directory with it. */
const removeDirectory = async ({ directory, tails }: BinlogArchive): Promise<void> => {
  for (const { path } of tails) await rm(path, { force: true })
  for (const path of [join(directory, 'tail'), join(directory, 'incoming'), directory]) {
    try {
      await rmdir(path)
    } catch (error) {
      const isHarmless = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].some((code) =>
        hasSystemCode(error, code),
      )
      if (!isHarmless) throw error
    }
  }
  await syncDirectory(join(directory, '..'))
}
