// Reads a pagemap: its index, and the hashes of one chunk at a time.

import { decompress } from '@mongodb-js/zstd'
import { type FileHandle, open } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { PAGE_HASH_BYTES } from '../innodb/page-hash.ts'
import { checkSchema, parseJson } from './json-file.ts'
import {
  damagedPageMap,
  decodePageMapFooter,
  FOOTER_BYTES,
  PAGES_PER_CHUNK,
  type PageMapIndex,
  pageMapIndexSchema,
  type PageMapTablespace,
} from './page-map-format.ts'

/** The tablespaces of a pagemap by path. Throws INTEGRITY when the file is not a whole pagemap, REPOSITORY_NEWER. */
export const readPageMapIndex = async (
  path: string,
): Promise<ReadonlyMap<string, PageMapTablespace>> => {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const footer = await readAt(file, path, Math.max(0, size - FOOTER_BYTES), FOOTER_BYTES)
    const length = decodePageMapFooter(footer, path)
    const text = await readAt(file, path, size - FOOTER_BYTES - length, length)
    const { tablespaces } = parseIndex(text.toString('utf8'), path)
    return new Map(tablespaces.map((tablespace) => [tablespace.path, tablespace]))
  } finally {
    await file.close()
  }
}

const parseIndex = (text: string, path: string): PageMapIndex => {
  try {
    return checkSchema(pageMapIndexSchema, parseJson(text, path), path)
  } catch (cause) {
    const isNewer = cause instanceof ClonectlError && cause.code === 'REPOSITORY_NEWER'
    throw isNewer ? cause : damagedPageMap(path, 'its index cannot be understood', cause)
  }
}

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

const readAt = async (
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
