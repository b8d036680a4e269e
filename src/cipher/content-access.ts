// Reads any part of the content of an encrypted file.

import type { ContentAccess } from './cipher.ts'
import type { OpenedFile } from './sealed-file.ts'

/** Which of the wanted bytes lie in a chunk. */
const partOf = (chunk: Buffer, start: number, offset: number, end: number): Buffer =>
  chunk.subarray(Math.max(0, offset - start), Math.max(0, end - start))

/** Keeps the last chunk: who reads a little often reads the bytes behind it next. */
export const accessContent = (file: OpenedFile): ContentAccess => {
  const { chunkBytes, contentBytes } = file
  let kept: { readonly index: number; readonly chunk: Promise<Buffer> } | undefined
  const chunkAt = (index: number): Promise<Buffer> => {
    if (kept?.index !== index) kept = { index, chunk: file.readChunk(index) }
    return kept.chunk
  }
  return {
    contentBytes,
    chunkBytes,
    read: async (offset, lengthBytes) => {
      const end = Math.min(offset + lengthBytes, contentBytes)
      const parts: Buffer[] = []
      for (let index = Math.floor(offset / chunkBytes); index * chunkBytes < end; index += 1)
        parts.push(partOf(await chunkAt(index), index * chunkBytes, offset, end))
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    },
    close: () => file.close(),
    [Symbol.asyncDispose]: () => file.close(),
  }
}
