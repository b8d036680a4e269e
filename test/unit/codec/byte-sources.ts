// Sources of bytes that are no files: a buffer, and a rule that stands for more than any disk holds.

import type { ByteSource } from '../../../src/codec/byte-source.ts'

/** Remembers how much was read. */
export interface CountingSource extends ByteSource {
  bytesRead(): number
}

export const bufferSource = (bytes: Buffer, name = 't.ibd.zstd'): CountingSource => {
  let read = 0
  return {
    name,
    sizeBytes: bytes.length,
    bytesRead: () => read,
    read: (offset, lengthBytes) => {
      const part = bytes.subarray(offset, offset + lengthBytes)
      read += part.length
      return part
    },
  }
}

/** Zeros, except for the given parts. */
export const sparseSource = (
  sizeBytes: number,
  parts: ReadonlyMap<number, Buffer>,
  name = 't.ibd.lz4',
): ByteSource => ({
  name,
  sizeBytes,
  read: (offset, lengthBytes) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(lengthBytes, sizeBytes - offset)))
    for (const [start, part] of parts) {
      if (start < offset + lengthBytes && start + part.length > offset) {
        const from = Math.max(0, offset - start)
        part.copy(bytes, Math.max(0, start - offset), from)
      }
    }
    return bytes
  },
})
