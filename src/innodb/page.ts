// The header that every InnoDB page begins with, and what tells a page that was never written.
// Integers are big-endian. Source of the offsets: storage/innobase/include/fil0types.h.

/** Page number within the tablespace, u32 (FIL_PAGE_OFFSET). */
export const FIL_PAGE_OFFSET = 4
/** End LSN of the newest change to the page, u64 (FIL_PAGE_LSN). */
export const FIL_PAGE_LSN = 16
/** Kind of page, u16 (FIL_PAGE_TYPE). */
export const FIL_PAGE_TYPE = 24
/**
 * Page 0 of the system tablespace only: LSN of the last clean shutdown, u64 (FIL_PAGE_FILE_FLUSH_LSN).
 * It is rewritten without a new FIL_PAGE_LSN.
 */
export const FIL_PAGE_FILE_FLUSH_LSN = 26
/** Tablespace id, u32 (FIL_PAGE_SPACE_ID). */
export const FIL_PAGE_SPACE_ID = 34
/** Where the header ends and the page's own content begins (FIL_PAGE_DATA). */
export const FIL_PAGE_DATA = 38
/** What stands at the end of a page: its checksum again, and the low half of its LSN (FIL_PAGE_END_LSN_OLD_CHKSUM). */
export const PAGE_TRAILER_BYTES = 8

/** FIL_PAGE_TYPE of page 0 of a tablespace (FIL_PAGE_TYPE_FSP_HDR). */
export const FSP_HDR_PAGE_TYPE = 8

/** Largest page InnoDB knows, in bytes (UNIV_PAGE_SIZE_MAX, univ.i). */
export const MAX_PAGE_BYTES = 65536

const zeros = Buffer.alloc(MAX_PAGE_BYTES)

/** LSN of the newest change to the page. */
export const pageLsn = (page: Buffer): bigint => page.readBigUInt64BE(FIL_PAGE_LSN)

/** Id of the tablespace the page says it belongs to. */
export const pageSpaceId = (page: Buffer): number => page.readUInt32BE(FIL_PAGE_SPACE_ID)

/** Number the page says it has within its tablespace. */
export const pageNumberOf = (page: Buffer): number => page.readUInt32BE(FIL_PAGE_OFFSET)

/** Kind of page as a number of fil0fil.h, for example 17855 for an index page. */
export const pageType = (page: Buffer): number => page.readUInt16BE(FIL_PAGE_TYPE)

/**
 * Says whether a page (at most 64 KiB) holds nothing but zeros, as space does that was allocated
 * and never written. One memory comparison, which ends at the first byte that differs.
 */
export const isZeroPage = (page: Buffer): boolean => page.compare(zeros, 0, page.length) === 0
