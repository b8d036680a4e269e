// The redo log of a data directory becomes that of an increment: each backup carries all that leads
// to its own end, so it is replaced, never merged.

import { emptyDir } from 'fs-extra/esm'
import { chmod, constants, copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '../system/atomic-file.ts'
import { giveTo, type Owner } from '../system/owner.ts'

/** Directory of the redo log in a data directory. */
export const REDO_DIRECTORY = '#innodb_redo'

/** Replaces the redo files of `data` by copies of those of `directory`. */
export const replaceRedo = async (data: string, directory: string, owner: Owner): Promise<void> => {
  const [from, to] = [join(directory, REDO_DIRECTORY), join(data, REDO_DIRECTORY)]
  await emptyDir(to)
  for (const name of await readdir(from)) {
    const copy = join(to, name)
    await copyFile(join(from, name), copy, constants.COPYFILE_FICLONE)
    await chmod(copy, 0o640)
    await giveTo(owner, copy)
  }
  await syncDirectory(to)
}
