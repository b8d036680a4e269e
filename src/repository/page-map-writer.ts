// Writes a pagemap as the hashes come in from several workers at once.

import { type FileHandle, open } from 'node:fs/promises'
import { encodePageMapEnd, type PageMapTablespace } from './page-map-format.ts'

export interface PageMapWriter extends AsyncDisposable {
  /** Takes the next chunk of a tablespace; chunks of one tablespace come in page order. */
  add(path: string, chunk: Uint8Array): Promise<void>
  /** Writes the index and makes the file durable. */
  finish(tablespaces: readonly Omit<PageMapTablespace, 'chunks'>[]): Promise<void>
}

/** Begins the pagemap at `path`, which must not exist. */
export const createPageMap = async (path: string): Promise<PageMapWriter> =>
  pageMapWriter(await open(path, 'wx', 0o640))

const pageMapWriter = (file: FileHandle): PageMapWriter => {
  const chunks = new Map<string, [number, number][]>()
  let end = 0
  return {
    async add(path, chunk) {
      // The place is taken before the write begins, so that chunks of other files cannot take it.
      const offset = end
      end += chunk.length
      chunks.set(path, [...(chunks.get(path) ?? []), [offset, chunk.length]])
      await file.write(chunk, 0, chunk.length, offset)
    },
    async finish(tablespaces) {
      const index = tablespaces.map((tablespace) => ({
        ...tablespace,
        chunks: chunks.get(tablespace.path) ?? [],
      }))
      const tail = encodePageMapEnd(index)
      await file.write(tail, 0, tail.length, end)
      await file.sync()
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}
