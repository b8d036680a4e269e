// A copy of one file with what belongs to it, made by the kernel.

import { constants } from 'node:fs'
import { chmod, chown, copyFile, stat, utimes } from 'node:fs/promises'

/**
 * Copies a file to a name that must not exist yet (EEXIST otherwise), with mode and modification
 * time, and with its owner when run by root. Shares the blocks where the filesystem can (reflink),
 * else copies inside the kernel; holes may be filled with zeros. Nothing is synced: who publishes
 * the copy does that.
 */
export const copyFileWhole = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  const { uid, gid, mode, atime, mtime } = await stat(from)
  if (process.getuid?.() === 0) await chown(to, uid, gid)
  await chmod(to, mode & 0o7777)
  await utimes(to, atime, mtime)
}
