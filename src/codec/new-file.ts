// Makes a file that is there whole and durable, or not at all.

import { open, rm, type FileHandle } from 'node:fs/promises'
import { ClonectlError, hasSystemCode } from '../errors.ts'

/** What mysqld gives its own files. */
const FILE_MODE = 0o640

const create = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'wx+', FILE_MODE)
  } catch (error) {
    if (!hasSystemCode(error, 'EEXIST')) throw error
    throw new ClonectlError('PATH_NOT_EMPTY', `${path} is there already, and was to be made`, {
      hint: 'Move it away if it is not needed, then run the command again.',
      details: { path },
      cause: error,
    })
  }
}

/**
 * Creates a file with mode 0640, lets `fill` write it, and read it again, and syncs it; its
 * directory is for the caller to sync. When anything fails the file is removed. Throws PATH_NOT_EMPTY when the path is
 * taken, and then leaves what is there alone.
 */
export const writeNewFile = async <Result>(
  path: string,
  fill: (file: FileHandle) => Promise<Result>,
): Promise<Result> => {
  const file = await create(path)
  try {
    // The umask has no say in it.
    await file.chmod(FILE_MODE)
    const result = await fill(file)
    await file.sync()
    await file.close()
    return result
  } catch (error) {
    // What went wrong is worth more to the user than that cleaning up went wrong as well.
    await file.close().catch(() => undefined)
    await rm(path, { force: true }).catch(() => undefined)
    throw error
  }
}
