// GreatSQL's .delta file: changed pages of one tablespace, in segments of one index block and the
// pages it lists. The format is XtraBackup's with another magic (GreatSQL storage/innobase/clone,
// clone0apply; Percona XtraBackup write_filt.cc, wf_incremental).
//
// Segment k begins at byte k * (P / 4) * P, where P is the page size, because a segment
// that is not the last is always full. Entry 0 of the index block is the magic, entry i the number
// of the page in block i; FF FF FF FF ends the list where the block is not full.

import { ClonectlError } from '../errors.ts'

const ENTRY_BYTES = 4
/** "clon": more segments follow. */
const MORE_MAGIC = 0x636c6f6e
/** "CLON": this segment is the last. */
const LAST_MAGIC = 0x434c4f4e
/** Ends the list; as a page number it is FIL_NULL, which no page has. */
const END_OF_LIST = 0xffffffff

/** What an index block lists. */
export interface DeltaIndex {
  /** Page number of each block that follows, in the order of the blocks. */
  readonly pageNumbers: readonly number[]
  /** No segment follows this one. */
  readonly last: boolean
}

const broken = (name: string, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name}: ${problem}`, {
    hint: 'The backup that holds this file cannot be applied; verify it, and take a new one.',
    details: { file: name },
  })

/** Pages that one segment holds at most, for a page size in bytes: 4095 for pages of 16 KiB. */
export const segmentCapacity = (pageSize: number): number => pageSize / ENTRY_BYTES - 1

/** Size in bytes of a whole .delta file of so many pages; no pages at all make an empty file. */
export const deltaSizeBytes = (pageCount: number, pageSize: number): number => {
  const segments = Math.ceil(pageCount / segmentCapacity(pageSize))
  return (segments + pageCount) * pageSize
}

const checkSegment = (pageNumbers: readonly number[], capacity: number, last: boolean): void => {
  const count = pageNumbers.length
  if (count === 0 || count > capacity) {
    throw new RangeError(`a segment holds 1 to ${capacity} pages, not ${count}`)
  }
  if (!last && count < capacity) {
    throw new RangeError(`only the last segment may be short, found ${count} pages`)
  }
}

/**
 * Makes the index block of one segment, one page long. Throws RangeError when the segment is not
 * one that may be written: empty, over-full, or short without being the last.
 */
export const encodeIndexBlock = (
  pageNumbers: readonly number[],
  pageSize: number,
  last: boolean,
): Buffer => {
  checkSegment(pageNumbers, segmentCapacity(pageSize), last)
  const block = Buffer.alloc(pageSize)
  let offset = block.writeUInt32BE(last ? LAST_MAGIC : MORE_MAGIC, 0)
  for (const pageNumber of pageNumbers) {
    if (pageNumber === END_OF_LIST) throw new RangeError('FIL_NULL is not the number of a page')
    offset = block.writeUInt32BE(pageNumber, offset)
  }
  if (offset < pageSize) block.writeUInt32BE(END_OF_LIST, offset)
  return block
}

/** Whether a block begins like an index block. */
export const hasDeltaMagic = (block: Buffer): boolean => {
  const magic = block.readUInt32BE(0)
  return magic === MORE_MAGIC || magic === LAST_MAGIC
}

const readMagic = (block: Buffer, name: string): { last: boolean } => {
  const magic = block.readUInt32BE(0)
  if (magic === LAST_MAGIC) return { last: true }
  if (magic === MORE_MAGIC) return { last: false }
  const found = block.toString('hex', 0, ENTRY_BYTES)
  throw broken(name, `an index block begins with ${found}, expected 434c4f4e or 636c6f6e`)
}

/**
 * Reads an index block (exactly one page). Throws INTEGRITY naming the file (`name`) for a wrong
 * magic, a list without pages, and a short segment that others should follow: on the last of these
 * the server itself aborts. What stands behind the end of the list is ignored, as in the server.
 */
export const decodeIndexBlock = (block: Buffer, name: string): DeltaIndex => {
  const { last } = readMagic(block, name)
  const pageNumbers: number[] = []
  for (let offset = ENTRY_BYTES; offset < block.length; offset += ENTRY_BYTES) {
    const pageNumber = block.readUInt32BE(offset)
    if (pageNumber === END_OF_LIST) break
    pageNumbers.push(pageNumber)
  }
  if (pageNumbers.length === 0) throw broken(name, 'a segment lists no page, expected at least one')
  const capacity = segmentCapacity(block.length)
  if (!last && pageNumbers.length < capacity) {
    const found = pageNumbers.length
    throw broken(name, `a segment lists ${found} pages, but others follow it: expected ${capacity}`)
  }
  return { pageNumbers, last }
}
