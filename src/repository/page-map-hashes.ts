// Reads the hashes of a pagemap, one chunk at a time. Worker threads use it, so it does without
// the schema library, which takes longer to load than a small file to scan.

import { decompress } from '@mongodb-js/zstd'
import type { FileHandle } from 'node:fs/promises'
import { PAGE_HASH_BYTES } from '../innodb/page-hash.ts'
import { damagedPageMap, PAGES_PER_CHUNK, type PageMapTablespace } from './page-map-format.ts'

/**
 * The hashes of one chunk, 16 bytes a page. Throws INTEGRITY when the chunk does not hold as many
 * as the index says.
 */
export const readPageHashes = async (
  file: FileHandle,
  path: string,
  tablespace: PageMapTablespace,
  chunkIndex: number,
): Promise<Buffer> => {
  const place = tablespace.chunks[chunkIndex]
  if (place === undefined) throw damagedPageMap(path, `chunk ${chunkIndex} is not in its index`)
  const compressed = await readAt(file, path, place[0], place[1])
  const hashes = await decompress(compressed).catch((cause: unknown) => {
    throw damagedPageMap(path, `chunk ${chunkIndex} of ${tablespace.path} is damaged`, cause)
  })
  const pages = Math.min(PAGES_PER_CHUNK, tablespace.pages - chunkIndex * PAGES_PER_CHUNK)
  if (hashes.length === pages * PAGE_HASH_BYTES) return hashes
  throw damagedPageMap(path, `chunk ${chunkIndex} of ${tablespace.path} has a wrong length`)
}

/** Reads exactly so many bytes of a pagemap. Throws INTEGRITY when it has fewer. */
export const readAt = async (
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Buffer> => {
  if (position < 0) throw damagedPageMap(path, 'it is too short')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead === length) return buffer
  throw damagedPageMap(path, 'it is too short')
}
