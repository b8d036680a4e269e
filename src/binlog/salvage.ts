// What a puller left that is dead or has lost its server: its mysqlbinlog is ended, and the binlogs it had
// not sealed go to tail/. They are fetched again, unless the server has removed them since: then they
// are all there is.

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { byBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'
import { binlogPullArgument } from '../mysql/mysqlbinlog.ts'
import { removeTemporaries } from '../repository/temporaries.ts'
import { endProcess } from '../system/end-process.ts'
import { findProcessesWith } from '../system/process-search.ts'
import { type ArchiveFile, binlogsIn } from './archive-files.ts'
import type { ArchivePaths } from './archive-layout.ts'
import { entryNameOf } from './archived-binlog.ts'
import type { TailKeeper } from './keep-tail.ts'

/** To be called with the lock held, before anything else. Returns how many mysqlbinlog were ended. */
export const salvage = async (
  paths: ArchivePaths,
  tails: TailKeeper,
  now: Date,
): Promise<number> => {
  const orphans = await findProcessesWith(binlogPullArgument(paths.incoming))
  for (const orphan of orphans) await endProcess(orphan)
  await takeBackUnsealed(paths, tails)
  await emptyIncoming(paths, tails)
  for (const root of [paths.directory, paths.tail]) await removeTemporaries({ root }, now)
  return orphans.length
}

/** Keeps the binlogs in incoming/ that are not sealed, and removes everything. */
export const emptyIncoming = async (paths: ArchivePaths, tails: TailKeeper): Promise<void> => {
  const last = await newestSealed(paths)
  for (const file of await binlogsIn(paths.incoming))
    if (isAfter(file, last)) await tails.keep(file)
  for (const name of await readdir(paths.incoming))
    await rm(join(paths.incoming, name), { recursive: true, force: true })
}

/**
 * The entry comes last when a binlog is sealed, and goes first when it expires. So what has none is either
 * newer than all that have one, or a rest. Of a compressed one incoming/ still has the plain file.
 */
const takeBackUnsealed = async (paths: ArchivePaths, tails: TailKeeper): Promise<void> => {
  const names = new Set(await readdir(paths.directory))
  const last = await newestSealed(paths)
  for (const file of await binlogsIn(paths.directory)) {
    if (names.has(entryNameOf(file.name))) continue
    if (isAfter(file, last)) await tails.keep(file)
    else await rm(file.path, { force: true })
  }
  for (const name of names) {
    const binlog = name.endsWith(COMPRESSED) ? name.slice(0, -COMPRESSED.length) : ''
    if (parseBinlogName(binlog) !== undefined && !names.has(entryNameOf(binlog)))
      await rm(join(paths.directory, name), { force: true })
  }
  for (const file of await binlogsIn(paths.tail)) if (!isAfter(file, last)) await rm(file.path)
}

const isAfter = ({ name }: Pick<ArchiveFile, 'name'>, last: string | undefined): boolean =>
  last === undefined || byBinlogName(name, last) > 0

/** Name of the newest binlog that has an entry. */
export const newestSealed = async ({ directory }: ArchivePaths): Promise<string | undefined> =>
  (await readdir(directory))
    .flatMap((name) => binlogOfEntry(name) ?? [])
    .sort(byBinlogName)
    .at(-1)

const binlogOfEntry = (entry: string): string | undefined => {
  const name = entry.endsWith('.json') ? entry.slice(0, -'.json'.length) : ''
  return parseBinlogName(name) === undefined ? undefined : name
}

/** What a compressed binlog has at the end of its name. */
export const COMPRESSED = '.zst'
