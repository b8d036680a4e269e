// Opens a file that a backup says is there.

import { open, type FileHandle } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'
import { damaged } from './damage.ts'

/** For reading. Throws INTEGRITY when it is missing. */
export const openSource = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    throw damaged({ file: path, problem: 'the file is missing', cause: error })
  }
}
