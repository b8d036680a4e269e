// Whether something is there, whatever it is.

import { lstat } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'

/** True also for a symbolic link that leads nowhere. */
export const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR')) return false
    throw error
  }
}
