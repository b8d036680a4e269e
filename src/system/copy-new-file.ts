// A copy that shares its blocks with the original where the filesystem can.

import { constants } from 'node:fs'
import { chmod, copyFile } from 'node:fs/promises'

const MODE = 0o640

/** Copies to a path that must not exist; the copy is readable by its owner and group, and not synced. */
export const copyNewFile = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  await chmod(to, MODE)
}
