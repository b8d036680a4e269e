// The page hashes of one tablespace as the base held it, read a chunk at a time.

import { open } from 'node:fs/promises'
import type { TablespaceHeader } from '../innodb/tablespace-header.ts'
import { PAGES_PER_CHUNK, type PageMapTablespace } from '../repository/page-map-format.ts'
import { readPageHashes } from '../repository/page-map-hashes.ts'

export interface BaseTablespace {
  /** Absolute path of the base's pagemap. */
  readonly pagemap: string
  readonly tablespace: PageMapTablespace
}

export interface BasePages extends AsyncDisposable {
  /** Hashes of a chunk; empty behind the end the tablespace had in the base. */
  hashesOf(chunkIndex: number): Promise<Buffer>
}

/**
 * Opens the base's hashes; undefined when the base had nothing under this path, or another
 * tablespace (TRUNCATE and rebuilds change the space id): comparing with that would lie.
 */
export const openBasePages = async (
  base: BaseTablespace | undefined,
  header: TablespaceHeader,
): Promise<BasePages | undefined> => {
  if (base === undefined) return undefined
  const { pagemap, tablespace } = base
  if (tablespace.spaceId !== header.spaceId) return undefined
  if (tablespace.pageBytes !== header.physicalPageSize) return undefined
  const file = await open(pagemap, 'r')
  return {
    hashesOf: async (chunkIndex) =>
      chunkIndex * PAGES_PER_CHUNK < tablespace.pages
        ? readPageHashes(file, pagemap, tablespace, chunkIndex)
        : Buffer.alloc(0),
    [Symbol.asyncDispose]: () => file.close(),
  }
}
