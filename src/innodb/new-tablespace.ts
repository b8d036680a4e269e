// The file of a tablespace that was just created: seven pages, all zeros but for the ids, the flags
// and the checksum of the first. Sources: arch0apply.cc (clone_space_create_file), fil0fil.h
// (FIL_IBD_FILE_INITIAL_SIZE), fsp0fsp.cc (fsp_header_init_fields), fsp0types.h (FSP_FLAGS_*),
// buf0checksum.cc (buf_calc_page_crc32).

import { crc32c } from './crc32c.ts'
import {
  FIL_PAGE_DATA,
  FIL_PAGE_FILE_FLUSH_LSN,
  FIL_PAGE_OFFSET,
  FIL_PAGE_SPACE_ID,
} from './page.ts'

/** Pages of a tablespace file when it is created. */
export const INITIAL_PAGES = 7

const FSP_SPACE_FLAGS = FIL_PAGE_DATA + 16
/** FIL_PAGE_END_LSN_OLD_CHKSUM: the last 8 bytes of a page, checksum first. */
const TRAILER_BYTES = 8
/** FSP_FLAGS_POS_PAGE_SSIZE: bits 6 to 9; 0 stands for pages of 16 KiB. */
const PAGE_SIZE_SHIFT = 6
const PAGE_SIZE_MASK = 15 << PAGE_SIZE_SHIFT
const DEFAULT_PAGE_BYTES = 16_384

export interface NewTablespace {
  readonly spaceId: number
  /** FSP_SPACE_FLAGS of the .meta file. */
  readonly flags: number
  /** innodb_page_size. */
  readonly pageBytes: number
}

/** fsp_flags_set_page_size. */
const withPageSize = (flags: number, pageBytes: number): number => {
  if (pageBytes === DEFAULT_PAGE_BYTES) return flags
  return ((flags & ~PAGE_SIZE_MASK) | (Math.log2(pageBytes / 512) << PAGE_SIZE_SHIFT)) >>> 0
}

/** Checksum over all that a page says, without the fields that are written outside of the buffer pool. */
const pageChecksum = (page: Buffer): number => {
  const header = crc32c(page.subarray(FIL_PAGE_OFFSET, FIL_PAGE_FILE_FLUSH_LSN))
  const body = crc32c(page.subarray(FIL_PAGE_DATA, page.length - TRAILER_BYTES))
  return (header ^ body) >>> 0
}

/** The first page as the server writes it; the other six are zeros. */
export const firstPageOf = ({ spaceId, flags, pageBytes }: NewTablespace): Buffer => {
  const page = Buffer.alloc(pageBytes)
  page.writeUInt32BE(spaceId, FIL_PAGE_DATA)
  page.writeUInt32BE(withPageSize(flags, pageBytes), FSP_SPACE_FLAGS)
  page.writeUInt32BE(spaceId, FIL_PAGE_SPACE_ID)
  const checksum = pageChecksum(page)
  page.writeUInt32BE(checksum, 0)
  page.writeUInt32BE(checksum, pageBytes - TRAILER_BYTES)
  return page
}
