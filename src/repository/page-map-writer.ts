// Writes a pagemap as the hashes come in from several workers at once.

import { type FileHandle, open } from 'node:fs/promises'
import { writeWhole } from '../system/write-whole.ts'
import { encodePageMapEnd, type PageMapTablespace } from './page-map-format.ts'

export interface PageMapWriter extends AsyncDisposable {
  /**
   * Takes the next chunk of a tablespace; chunks of one tablespace come in page order. The chunk
   * is written in its turn; `finish` tells when that failed.
   */
  add(path: string, chunk: Uint8Array): void
  /** Drops the chunks of a tablespace, which is then added again; their bytes stay unused. */
  forget(path: string): void
  /** Waits for the chunks, writes the index and makes the file durable. */
  finish(tablespaces: readonly Omit<PageMapTablespace, 'chunks'>[]): Promise<void>
}

/** Begins the pagemap at `path`, which must not exist. */
export const createPageMap = async (path: string): Promise<PageMapWriter> =>
  pageMapWriter(await open(path, 'wx', 0o640))

const pageMapWriter = (file: FileHandle): PageMapWriter => {
  const chunks = new Map<string, [number, number][]>()
  let end = 0
  let written: Promise<unknown> = Promise.resolve()
  const append = (bytes: Uint8Array): [number, number] => {
    const place: [number, number] = [end, bytes.length]
    end += bytes.length
    written = written.then(() => writeWhole(file, bytes, place[0]))
    // A failure stays in the promise for finish(); until then nobody waits for it.
    written.catch(() => undefined)
    return place
  }
  return {
    add(path, chunk) {
      chunks.set(path, [...(chunks.get(path) ?? []), append(chunk)])
    },
    forget(path) {
      chunks.delete(path)
    },
    async finish(tablespaces) {
      const index = tablespaces.map((tablespace) => ({
        ...tablespace,
        chunks: chunks.get(tablespace.path) ?? [],
      }))
      append(encodePageMapEnd(index))
      await written
      await file.sync()
    },
    async [Symbol.asyncDispose]() {
      await written.catch(() => undefined)
      await file.close()
    },
  }
}
