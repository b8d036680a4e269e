// The few bytes of an InnoDB page that tell which tablespace a file is and how its pages are cut.

/** FIL_PAGE_OFFSET, FIL_PAGE_TYPE and FIL_PAGE_SPACE_ID of the page header (fil0types.h). */
const PAGE_NUMBER = 4
const PAGE_TYPE = 24
const PAGE_SPACE_ID = 34
/** FSP_HDR: the type of page 0 of every tablespace file (fil0fil.h). */
const TYPE_FSP_HDR = 8
/** FSP_SPACE_ID, FSP_SIZE and FSP_SPACE_FLAGS within the space header at byte 38 (fsp0fsp.h). */
const SPACE_ID = 38
const SIZE_IN_PAGES = 46
const SPACE_FLAGS = 54
/** DATA_FILE header bytes that readTablespace needs. */
export const TABLESPACE_HEADER_BYTES = 58

/** What page 0 says of its file. Sizes are bytes. */
export interface Tablespace {
  readonly spaceId: number
  readonly flags: number
  /** The size of a page on disk. */
  readonly pageSize: number
  /** pageSize when the tables are ROW_FORMAT=COMPRESSED, else 0. */
  readonly zipSize: number
  /** FSP_SIZE: what the server takes for the file's length, in pages; 0 before the first flush. */
  readonly sizeInPages: number
}

/** fsp0types.h: bits 1-4 are the size of compressed pages, bits 6-9 the page size; 0 is 16 KiB. */
const pageSizes = (flags: number): { pageSize: number; zipSize: number } => {
  const zip = (flags >>> 1) & 15
  const logical = (flags >>> 6) & 15
  const zipSize = zip === 0 ? 0 : 512 << zip
  return { zipSize, pageSize: zipSize || (logical === 0 ? 16_384 : 512 << logical) }
}

/** Since it was created, page 0 was never flushed: it has ids and flags, and neither type nor size. */
const isUntouched = (start: Buffer): boolean => {
  const spaceId = start.readUInt32BE(SPACE_ID)
  return (
    start.readUInt16BE(PAGE_TYPE) === 0 &&
    spaceId !== 0 &&
    spaceId === start.readUInt32BE(PAGE_SPACE_ID)
  )
}

/** Reads the header of page 0; undefined when the bytes are not the begin of a tablespace file. */
export const readTablespace = (start: Buffer): Tablespace | undefined => {
  if (start.length < TABLESPACE_HEADER_BYTES) return undefined
  const known = start.readUInt16BE(PAGE_TYPE) === TYPE_FSP_HDR || isUntouched(start)
  if (!known) return undefined
  if (start.readUInt32BE(PAGE_NUMBER) !== 0) return undefined
  const flags = start.readUInt32BE(SPACE_FLAGS)
  return {
    spaceId: start.readUInt32BE(SPACE_ID),
    flags,
    ...pageSizes(flags),
    sizeInPages: start.readUInt32BE(SIZE_IN_PAGES),
  }
}

/** The names a tablespace file can have: ibdata1, undo_001, mysql.ibd, u3.ibu. */
export const isTablespaceName = (path: string): boolean =>
  /(?:\.ib[du]|(?:^|\/)(?:ibdata|undo_)\d+)$/.test(path)
