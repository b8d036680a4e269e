// Whether something fits, asked before it is begun.

import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'

/**
 * Bytes that an unprivileged process can still write to the filesystem of `path`, or of its
 * nearest parent that exists.
 */
export const freeBytes = async (path: string): Promise<number> => {
  const absolute = resolve(path)
  try {
    const { bavail, bsize } = await statfs(absolute)
    return bavail * bsize
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') || dirname(absolute) === absolute) throw error
    return freeBytes(dirname(absolute))
  }
}

/** Throws SPACE when `what` of so many bytes does not fit at `path`. */
export const requireSpace = async (
  path: string,
  neededBytes: number,
  what: string,
): Promise<void> => {
  const free = await freeBytes(path)
  if (free >= neededBytes) return
  throw new ClonectlError(
    'SPACE',
    `${what} needs ${neededBytes} bytes at ${path}, but only ${free} are free`,
    {
      hint: 'Free some space there, or choose a path on another filesystem.',
      details: { path, neededBytes, freeBytes: free },
    },
  )
}
