// tail/: what was pulled of binlogs that are not sealed. A copy there gives way only to a longer one
// that begins the same.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter } from '../report/reporter.ts'
import { renameDurable } from '../system/atomic-file.ts'
import type { Clock } from '../system/clock.ts'
import { exists } from '../system/exists.ts'
import { syncFile } from '../system/sync-file.ts'
import type { ArchiveFile } from './archive-files.ts'
import { basicTime } from './archive-name.ts'
import { haveSameBeginning } from './same-beginning.ts'

export interface TailKeeper {
  /** Moves a copy there, or removes it when what is there is as long; it must be of the same history. */
  keep(file: ArchiveFile): Promise<void>
  /**
   * Removes the copy of a binlog that was sealed from `sealed`. One that held more, or something else,
   * is what the server lost in a crash or a rollback: it stays, under another name.
   */
  drop(name: string, sealed: string): Promise<void>
}

export const makeTailKeeper = (
  { reporter, clock }: { readonly reporter: Reporter; readonly clock: Clock },
  directory: string,
): TailKeeper => {
  const setAside = async (name: string, why: string): Promise<void> => {
    const aside = join(directory, `${name}.lost-${basicTime(clock.now())}`)
    await renameDurable(join(directory, name), aside)
    reporter.warn(`${why}; what was pulled before is kept as ${aside}`, { binlog: name })
  }
  const isLongerThan = async (path: string, bytes: number): Promise<boolean> =>
    (await stat(path)).size > bytes

  return {
    keep: async ({ name, path, sizeBytes }) => {
      const tail = join(directory, name)
      if (await exists(tail)) {
        if (!(await haveSameBeginning(tail, path)))
          await setAside(name, `the server has changed what it had written to ${name}`)
        else if (!(await isLongerThan(path, (await stat(tail)).size))) return rm(path)
      }
      if (sizeBytes === 0) return rm(path)
      await syncFile(path)
      await renameDurable(path, tail)
    },
    drop: async (name, sealed) => {
      const tail = join(directory, name)
      if (!(await exists(tail))) return
      const isCovered =
        (await haveSameBeginning(tail, sealed)) &&
        !(await isLongerThan(tail, (await stat(sealed)).size))
      if (isCovered) return rm(tail)
      return setAside(
        name,
        `the server has closed ${name} without some of what it had written to it`,
      )
    },
  }
}
