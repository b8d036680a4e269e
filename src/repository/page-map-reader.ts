// Reads the index of a pagemap.

import { open } from 'node:fs/promises'
import { z } from 'zod'
import { ClonectlError } from '../errors.ts'
import { checkSchema, parseJson } from './json-file.ts'
import {
  damagedPageMap,
  decodePageMapFooter,
  FOOTER_BYTES,
  type PageMapIndex,
  type PageMapTablespace,
} from './page-map-format.ts'
import { readAt } from './page-map-hashes.ts'

const indexSchema: z.ZodType<PageMapIndex> = z.object({
  format: z.literal(1),
  tablespaces: z.array(
    z.object({
      path: z.string(),
      spaceId: z.int(),
      pageBytes: z.int().positive(),
      pages: z.int().nonnegative(),
      chunks: z.array(z.tuple([z.int(), z.int()])),
    }),
  ),
})

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
    return checkSchema(indexSchema, parseJson(text, path), path)
  } catch (cause) {
    const isNewer = cause instanceof ClonectlError && cause.code === 'REPOSITORY_NEWER'
    throw isNewer ? cause : damagedPageMap(path, 'its index cannot be understood', cause)
  }
}
