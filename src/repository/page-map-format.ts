// The pagemap: one 16-byte hash for every page of every tablespace of a backup's result. With it
// an increment can be made without reading the backup it is made on.
//
// Layout: the hashes of each tablespace in page order, cut into chunks of 65,536 pages, each chunk
// a zstd frame; then the index as JSON; then a footer of the index's length (u64, big-endian) and
// eight bytes of magic. docs/repository-format.md describes it for users.

import { ClonectlError } from '../errors.ts'

/** Pages whose hashes stand in one chunk: 1 MiB of hashes. */
export const PAGES_PER_CHUNK = 65_536

const MAGIC = Buffer.from('clnpmap1', 'latin1')

/** Bytes of the footer. */
export const FOOTER_BYTES = 8 + MAGIC.length

export interface PageMapTablespace {
  /** Path in the data directory. */
  readonly path: string
  readonly spaceId: number
  /** Physical page size in bytes. */
  readonly pageBytes: number
  readonly pages: number
  /** Where each chunk lies in the pagemap: byte offset and length. */
  readonly chunks: readonly (readonly [number, number])[]
}

export interface PageMapIndex {
  readonly format: 1
  readonly tablespaces: readonly PageMapTablespace[]
}

/** The bytes that follow the last chunk. */
export const encodePageMapEnd = (tablespaces: readonly PageMapTablespace[]): Buffer => {
  const index = Buffer.from(JSON.stringify({ format: 1, tablespaces }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(index.length))
  return Buffer.concat([index, length, MAGIC])
}

/** Length of the index in bytes, from the footer. Throws INTEGRITY when it is not a pagemap's. */
export const decodePageMapFooter = (footer: Buffer, path: string): number => {
  if (footer.length === FOOTER_BYTES && footer.subarray(8).equals(MAGIC)) {
    return Number(footer.readBigUInt64BE(0))
  }
  throw damagedPageMap(path, 'its end is not that of a pagemap')
}

/** The INTEGRITY error for a pagemap that cannot be believed. */
export const damagedPageMap = (path: string, why: string, cause?: unknown): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path} cannot be used: ${why}`, {
    hint: 'the backup can still be restored, but no increment can be made on it: take a full',
    details: { path },
    cause,
  })
