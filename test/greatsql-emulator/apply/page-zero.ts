// Page 0 of a tablespace file: made for a new one, and looked at as the server looks at a page that
// it reads (arch0apply.cc, clone_space_create_file; buf0checksum.cc).
import { crc32c } from './crc32c.ts'

const PAGE_SPACE_ID = 34
const HEADER_END = 38
const TRAILER = 8
/** FSP_SPACE_ID and FSP_SPACE_FLAGS (fsp0fsp.h). */
const SPACE_ID = 38
const SPACE_FLAGS = 54

/** buf_calc_page_crc32: what changes when the page is flushed is left out. */
const checksumOf = (page: Buffer): number =>
  (crc32c(page.subarray(4, 26)) ^ crc32c(page.subarray(HEADER_END, page.length - TRAILER))) >>> 0

/** fsp_flags_set_page_size: 16 KiB is 0, 4 KiB is 3, 64 KiB is 7. */
const withPageSize = (flags: number, pageSize: number): number =>
  ((flags & ~(15 << 6)) | ((pageSize === 16_384 ? 0 : Math.log2(pageSize) - 9) << 6)) >>> 0

/** The first page of a file that was just made: ids, flags and a checksum, neither type nor size. */
export const newPageZero = (spaceId: number, flags: number, pageSize: number): Buffer => {
  const page = Buffer.alloc(pageSize)
  page.writeUInt32BE(spaceId, PAGE_SPACE_ID)
  page.writeUInt32BE(spaceId, SPACE_ID)
  page.writeUInt32BE(withPageSize(flags, pageSize), SPACE_FLAGS)
  const checksum = checksumOf(page)
  page.writeUInt32BE(checksum, 0)
  page.writeUInt32BE(checksum, pageSize - TRAILER)
  return page
}

/** What the server would not read: neither zeros nor a page with a right checksum. */
export const isCorrupt = (page: Buffer): boolean => {
  if (page.every((byte) => byte === 0)) return false
  const stored = page.readUInt32BE(0)
  // BUF_NO_CHECKSUM_MAGIC: written with innodb_checksum_algorithm=none.
  return stored !== 0xdeadbeef && stored !== checksumOf(page)
}

/** fsp_flags_is_valid (fsp0types.h), as far as a wrong .meta can go wrong. */
export const areFlagsValid = (flags: number): boolean => {
  const postAntelope = (flags & 1) !== 0
  const atomicBlobs = (flags & (1 << 5)) !== 0
  const pageSize = (flags >>> 6) & 15
  if (flags === 0) return true
  if (flags >>> 15 !== 0 || ((flags >>> 1) & 15) > 5) return false
  return postAntelope === atomicBlobs && (pageSize === 0 || (pageSize >= 3 && pageSize <= 7))
}
