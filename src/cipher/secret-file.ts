// Reads a small file that holds a key, if nobody else can read it.

import { open, type FileHandle } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'
import { refuseKey } from './key-refusal.ts'

/** Anything for others, and writing for the group; a group that may read is how mysqld gets a key. */
const FORBIDDEN_MODE = 0o027
const MODE_BITS = 0o777

const openSecret = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') && !hasSystemCode(error, 'EACCES')) throw error
    const missing = hasSystemCode(error, 'ENOENT')
    throw refuseKey({
      source: path,
      problem: missing ? 'the key file is missing' : 'the key file cannot be read',
      hint: missing
        ? 'Give the path of the key file.'
        : 'Run clonectl as a user who may read the file, such as its owner.',
      cause: error,
    })
  }
}

const requirePrivate = async (file: FileHandle, path: string): Promise<void> => {
  const found = await file.stat()
  if (!found.isFile())
    throw refuseKey({
      source: path,
      problem: 'this is not a regular file, expected a file that holds a key',
      hint: 'Give the path of the key file; a key that is not kept in a file can come from a command.',
    })
  if ((found.mode & FORBIDDEN_MODE) === 0) return
  throw refuseKey({
    source: path,
    problem: `the key file has mode 0${(found.mode & MODE_BITS).toString(8)}, which lets others at it`,
    hint: `chmod o-rwx,g-w ${path}`,
  })
}

const readUpTo = async (file: FileHandle, limitBytes: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(limitBytes)
  for (let filled = 0; ;) {
    const { bytesRead } = await file.read(bytes, filled, limitBytes - filled, filled)
    filled += bytesRead
    if (bytesRead === 0 || filled === limitBytes) return bytes.subarray(0, filled)
  }
}

/**
 * The bytes of a file that others can neither read nor write. Throws CONFIG for a file that is
 * missing, longer than `limitBytes`, or open to others, with the command that closes it.
 */
export const readSecretFile = async (path: string, limitBytes: number): Promise<Buffer> => {
  const file = await openSecret(path)
  try {
    await requirePrivate(file, path)
    const bytes = await readUpTo(file, limitBytes + 1)
    if (bytes.length <= limitBytes) return bytes
    throw refuseKey({
      source: path,
      problem: `the file has more than ${limitBytes} bytes, which no key file has`,
      hint: 'Give the path of the key file.',
    })
  } finally {
    await file.close()
  }
}
