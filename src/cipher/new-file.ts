// Makes a file that is there whole and durable, or not at all.

import { open, rm, type FileHandle } from 'node:fs/promises'
import { ClonectlError, hasSystemCode } from '../errors.ts'

/** What mysqld gives its own files. */
const FILE_MODE = 0o640

const create = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'wx', FILE_MODE)
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
 * Writes one list of pieces while the next is being made, and returns the sum of their bytes. What
 * fails first is thrown; closing the file waits for a write that still runs.
 */
const writeBehind = async (
  file: FileHandle,
  batches: AsyncIterable<readonly Uint8Array[]>,
): Promise<number> => {
  // writeFile on an open file goes on where it stands, and writes all of a piece.
  const write = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of pieces) await file.writeFile(piece)
  }
  let bytes = 0
  let writing = Promise.resolve()
  for await (const pieces of batches) {
    await writing
    bytes += pieces.reduce((sum, { length }) => sum + length, 0)
    writing = write(pieces)
    // Awaited in the next round, or below; until then it must not count as unhandled.
    writing.catch(() => undefined)
  }
  await writing
  return bytes
}

/**
 * Creates a file with mode 0640 from pieces, syncs it, and returns its size; its directory is for
 * the caller to sync. When anything fails the file is removed. Throws PATH_NOT_EMPTY when the path
 * is taken, and then leaves what is there alone.
 */
export const writeNewFile = async (
  path: string,
  batches: AsyncIterable<readonly Uint8Array[]>,
): Promise<number> => {
  const file = await create(path)
  try {
    // The umask has no say in it.
    await file.chmod(FILE_MODE)
    const bytes = await writeBehind(file, batches)
    await file.sync()
    await file.close()
    return bytes
  } catch (error) {
    // What went wrong is worth more to the user than that cleaning up went wrong as well.
    await file.close().catch(() => undefined)
    await rm(path, { force: true }).catch(() => undefined)
    throw error
  }
}
