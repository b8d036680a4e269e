// Reads the files of a backup, which are expected to be there and to stay as they are.

import { open, type FileHandle } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'
import { damaged } from './damage.ts'

/** Opens for reading. Throws INTEGRITY when the file is missing. */
export const openStored = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    throw damaged({ file: path, problem: 'the file is missing', cause: error })
  }
}

/** Which bytes. */
export interface ByteRange {
  readonly offset: number
  readonly lengthBytes: number
}

/** Reads all of it into a buffer of its own. Throws INTEGRITY when the file has become shorter. */
export const readRange = async (
  file: FileHandle,
  { offset, lengthBytes }: ByteRange,
  name: string,
): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafeSlow(lengthBytes)
  for (let filled = 0; filled < lengthBytes;) {
    const { bytesRead } = await file.read(bytes, filled, lengthBytes - filled, offset + filled)
    if (bytesRead === 0) {
      const end = offset + filled
      const problem = `the file ended at byte ${end} while it was read, expected bytes up to ${offset + lengthBytes}`
      throw damaged({ file: name, offset: end, problem })
    }
    filled += bytesRead
  }
  return bytes
}
