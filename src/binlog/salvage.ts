// What a puller left that is dead or has lost its server: its mysqlbinlog is ended, and the binlogs it had
// not sealed go to tail/. They are fetched again, unless the server has removed them since: then they
// are all there is.

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import { binlogPullArgument } from '../mysql/mysqlbinlog.ts'
import { removeTemporaries } from '../repository/temporaries.ts'
import { endProcess } from '../system/end-process.ts'
import { findProcessesWith } from '../system/process-search.ts'
import { binlogsIn } from './archive-files.ts'
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
  const names = new Set(await readdir(paths.directory))
  for (const file of await binlogsIn(paths.incoming))
    if (!names.has(entryNameOf(file.name))) await tails.keep(file)
  for (const name of await readdir(paths.incoming))
    await rm(join(paths.incoming, name), { recursive: true, force: true })
}

/** Binlogs in their place that have no entry: the entry comes last. Of a compressed one incoming/ still has the plain file. */
const takeBackUnsealed = async (paths: ArchivePaths, tails: TailKeeper): Promise<void> => {
  const names = new Set(await readdir(paths.directory))
  const isUnsealed = ({ name }: { readonly name: string }) => !names.has(entryNameOf(name))
  for (const file of (await binlogsIn(paths.directory)).filter(isUnsealed)) await tails.keep(file)
  for (const name of names) {
    const binlog = name.endsWith(COMPRESSED) ? name.slice(0, -COMPRESSED.length) : ''
    if (parseBinlogName(binlog) !== undefined && isUnsealed({ name: binlog }))
      await rm(join(paths.directory, name))
  }
}

/** What a compressed binlog has at the end of its name. */
export const COMPRESSED = '.zst'
