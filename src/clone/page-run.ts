// Walks the pages of one tablespace in order: hashes each, passes on those that differ from the
// base, and hands over the hashes a chunk at a time.

import { compress } from '@mongodb-js/zstd'
import { hashPage, PAGE_HASH_BYTES, ZERO_PAGE_HASH } from '../innodb/page-hash.ts'
import { PAGES_PER_CHUNK } from '../repository/page-map-format.ts'
import type { BasePages } from './base-pages.ts'
import type { DeltaWriter } from './delta-writer.ts'

export interface PageRun {
  next(page: Buffer): Promise<void>
  /** Hands over the last chunk; returns the number of pages. */
  end(): Promise<number>
}

/** `emit` gets each finished chunk of hashes, compressed. */
export const newPageRun = (
  base: BasePages | undefined,
  delta: DeltaWriter | undefined,
  emit: (chunk: Uint8Array) => void,
): PageRun => {
  const hashes = Buffer.alloc(PAGES_PER_CHUNK * PAGE_HASH_BYTES)
  let known: Buffer = Buffer.alloc(0)
  let pages = 0
  let filled = 0

  const flush = async (): Promise<void> => {
    if (filled > 0) emit(await compress(hashes.subarray(0, filled)))
    filled = 0
  }

  return {
    async next(page) {
      if (filled === 0 && base !== undefined) known = await base.hashesOf(pages / PAGES_PER_CHUNK)
      const hash = hashPage(page)
      if (delta !== undefined && differs(hash, known.subarray(filled, filled + PAGE_HASH_BYTES))) {
        await delta.add(pages, page)
      }
      filled += hash.copy(hashes, filled)
      pages += 1
      if (filled === hashes.length) await flush()
    },
    async end() {
      await flush()
      return pages
    },
  }
}

/** A page behind the base's end differs from the zeros the file is extended with, or not at all. */
const differs = (hash: Buffer, known: Buffer): boolean =>
  known.length === 0 ? !hash.equals(ZERO_PAGE_HASH) : !hash.equals(known)
