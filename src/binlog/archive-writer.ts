// An archive that this process alone writes to, until it is disposed of.

import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RepositoryLayout } from '../repository/layout.ts'
import { renameDurable, syncDirectory } from '../system/atomic-file.ts'
import { acquireLock } from '../system/lock-file.ts'
import { giveTo, type Owner, ownerOf } from '../system/owner.ts'
import { type ArchivePaths, archivePathsOf } from './archive-layout.ts'
import { endedArchiveName } from './archive-name.ts'
import { type ArchivedBinlog, entryNameOf, readArchivedBinlog } from './archived-binlog.ts'
import { makeTailKeeper, type TailKeeper } from './keep-tail.ts'
import type { PullContext } from './pull-request.ts'
import { newestSealed, salvage } from './salvage.ts'

export interface ArchiveWriter extends AsyncDisposable {
  readonly serverUuid: string
  readonly paths: ArchivePaths
  readonly tails: TailKeeper
  /** Whom everything of the repository belongs to. */
  readonly owner: Owner
  /** The newest sealed binlog; undefined while there is none. */
  last(): ArchivedBinlog | undefined
  /** Notes the one that was sealed just now. */
  sealed(binlog: ArchivedBinlog): void
}

/**
 * Takes the archive of a server, making it when there is none, and clears up what a dead puller left
 * in it. Throws LOCKED while another pulls, REPOSITORY_UNREADABLE when its newest entry is damaged.
 */
export const openArchiveWriter = async (
  context: PullContext,
  { root, binlogs }: RepositoryLayout,
  serverUuid: string,
): Promise<ArchiveWriter> => {
  const { clock, command, reporter } = context
  const paths = archivePathsOf(binlogs, serverUuid)
  const owner = await ownerOf(root)
  await makeDirectories(owner, [binlogs, paths.directory])
  const lock = await acquireLock(paths.lock, { command, now: clock.now() })
  if (lock.tookOverFrom !== undefined)
    reporter.warn(`took over the lock of a dead run (pid ${lock.tookOverFrom.pid})`)
  try {
    await makeDirectories(owner, [paths.tail, paths.incoming])
    const tails = makeTailKeeper(context, paths.tail)
    const ended = await salvage(paths, tails, clock.now())
    if (ended > 0) reporter.info(`ended ${ended} mysqlbinlog that a dead puller had left at work`)
    let last = await newestEntry(paths)
    return {
      ...{ serverUuid, paths, tails, owner },
      last: () => last,
      sealed: (binlog) => {
        last = binlog
      },
      [Symbol.asyncDispose]: () => lock.release(),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Their parent must exist. */
const makeDirectories = async (owner: Owner, directories: readonly string[]): Promise<void> => {
  for (const directory of directories) {
    const made = await mkdir(directory, { mode: 0o750, recursive: true })
    if (made === undefined) continue
    await giveTo(owner, directory)
    await syncDirectory(join(directory, '..'))
  }
}

const newestEntry = async (paths: ArchivePaths): Promise<ArchivedBinlog | undefined> => {
  const newest = await newestSealed(paths)
  return newest === undefined
    ? undefined
    : readArchivedBinlog(join(paths.directory, entryNameOf(newest)))
}

/** Ends a history: its directory gets another name, under which it is still an archive. Returns its path. */
export const setArchiveAside = async (
  { paths, serverUuid }: ArchiveWriter,
  now: Date,
): Promise<string> => {
  const aside = join(paths.directory, '..', endedArchiveName(serverUuid, now))
  await rm(paths.incoming, { recursive: true, force: true })
  await renameDurable(paths.directory, aside)
  await rm(join(aside, 'lock'), { force: true })
  return aside
}
