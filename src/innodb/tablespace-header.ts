// What page 0 of a tablespace file says of the whole file: which tablespace it is and how large
// its pages are. Sources: fil0types.h (page header), fsp0fsp.h (FSP_SPACE_ID, FSP_SPACE_FLAGS,
// FSP_FLAGS_*), page0size.h (sizes out of flags).

import {
  FIL_PAGE_DATA,
  FSP_HDR_PAGE_TYPE,
  MAX_PAGE_BYTES,
  pageNumberOf,
  pageSpaceId,
  pageType,
} from './page.ts'
import { SYSTEM_SPACE_ID } from './space-id.ts'

/** Bytes of page 0 that `parseTablespaceHeader` needs. */
export const TABLESPACE_HEADER_BYTES = 58

/** FSP_HEADER_OFFSET is FIL_PAGE_DATA; FSP_SPACE_ID is the header's first field. */
const FSP_SPACE_ID = FIL_PAGE_DATA
const FSP_SPACE_FLAGS = FIL_PAGE_DATA + 16

/** FIL_PAGE_TYPE_ALLOCATED. */
const NO_PAGE_TYPE_YET = 0

/** Page size of tablespaces whose flags name none (UNIV_PAGE_SIZE_ORIG). */
const DEFAULT_PAGE_BYTES = 16384
const MIN_PAGE_BYTES = 4096
/** Shift sizes in the flags count in these (UNIV_ZIP_SIZE_MIN is 512 << 1). */
const SHIFT_UNIT_BYTES = 512
const MAX_ZIP_PAGE_BYTES = 16384

/** Facts of page 0 that hold for the whole tablespace. Sizes are bytes. */
export interface TablespaceHeader {
  readonly spaceId: number
  /** FSP_SPACE_FLAGS as stored, u32. */
  readonly flags: number
  /** innodb_page_size of the server that made the file. */
  readonly logicalPageSize: number
  /** Stride of the pages in the file; differs from the logical size for ROW_FORMAT=COMPRESSED. */
  readonly physicalPageSize: number
  /** Physical page size for ROW_FORMAT=COMPRESSED, else 0. */
  readonly zipPageSize: number
}

/** The two page sizes that FSP_SPACE_FLAGS carries (bits 1-4 and 6-9), or undefined when not sane. */
const pageSizesOf = (flags: number): { zip: number; logical: number } | undefined => {
  const zipShift = (flags >>> 1) & 15
  const pageShift = (flags >>> 6) & 15
  const zip = zipShift === 0 ? 0 : SHIFT_UNIT_BYTES << zipShift
  const logical = pageShift === 0 ? DEFAULT_PAGE_BYTES : SHIFT_UNIT_BYTES << pageShift
  const sane = logical >= MIN_PAGE_BYTES && logical <= MAX_PAGE_BYTES
  return sane && zip <= Math.min(logical, MAX_ZIP_PAGE_BYTES) ? { zip, logical } : undefined
}

/**
 * Reads the first bytes of a file as page 0 of a tablespace (at least 58 bytes). Undefined when
 * they are not: another kind of file, an empty one, or a further file of the system tablespace,
 * whose first page is not page 0.
 */
export const parseTablespaceHeader = (firstBytes: Buffer): TablespaceHeader | undefined => {
  const header = parseHeaderEvenIfNew(firstBytes)
  return header && pageType(firstBytes) === FSP_HDR_PAGE_TYPE ? header : undefined
}

/**
 * The same, also for a file that the server has just created: its page 0 has ids, flags and a
 * checksum, but no type until it is flushed (fil0fil.cc, fil_ibd_create).
 */
export const parseHeaderEvenIfNew = (firstBytes: Buffer): TablespaceHeader | undefined => {
  if (firstBytes.length < TABLESPACE_HEADER_BYTES) return undefined
  const spaceId = firstBytes.readUInt32BE(FSP_SPACE_ID)
  const type = pageType(firstBytes)
  const hasType =
    type === FSP_HDR_PAGE_TYPE || (type === NO_PAGE_TYPE_YET && spaceId !== SYSTEM_SPACE_ID)
  const isPageZero = hasType && pageNumberOf(firstBytes) === 0
  if (!isPageZero || pageSpaceId(firstBytes) !== spaceId) return undefined
  const flags = firstBytes.readUInt32BE(FSP_SPACE_FLAGS)
  const sizes = pageSizesOf(flags)
  if (sizes === undefined) return undefined
  return {
    spaceId,
    flags,
    logicalPageSize: sizes.logical,
    physicalPageSize: sizes.zip === 0 ? sizes.logical : sizes.zip,
    zipPageSize: sizes.zip,
  }
}

/** FIL_PAGE_TYPE of a page that was not yet written from the buffer pool (FIL_PAGE_TYPE_ALLOCATED). */
const ALLOCATED_PAGE_TYPE = 0

/**
 * Says whether the first bytes of a file (at least 58) can be page 0 of a tablespace, also of one that
 * was just created: its page 0 has the ids and little else, or is in the redo log only.
 */
export const beginsTablespace = (firstBytes: Buffer): boolean => {
  if (parseTablespaceHeader(firstBytes) !== undefined) return true
  return (
    firstBytes.length >= TABLESPACE_HEADER_BYTES &&
    pageType(firstBytes) === ALLOCATED_PAGE_TYPE &&
    pageNumberOf(firstBytes) === 0 &&
    pageSpaceId(firstBytes) === firstBytes.readUInt32BE(FSP_SPACE_ID)
  )
}

const tablespaceName = /(?:^|\/)(?:[^/]+\.(?:ibd|ibu)|ibdata[^/]*|undo_[^/]*)$/

/**
 * Says whether a path ('/'-separated) has a name that tablespace files have: *.ibd, *.ibu,
 * ibdata*, undo_*. A hint only: what the file holds decides.
 */
export const isTablespaceName = (relativePath: string): boolean => tablespaceName.test(relativePath)
