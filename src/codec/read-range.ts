// A part of a file, whole.

import type { FileHandle } from 'node:fs/promises'
import { damaged } from './damage.ts'

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
