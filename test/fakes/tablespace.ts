// Files that look like tablespaces to whoever reads their page 0. What the pages hold is a number.

import {
  FIL_PAGE_DATA,
  FIL_PAGE_OFFSET,
  FIL_PAGE_SPACE_ID,
  FIL_PAGE_TYPE,
  FSP_HDR_PAGE_TYPE,
} from '../../src/innodb/page.ts'

/** FSP_SPACE_FLAGS of a tablespace with physical pages of this size; less than 4096 is ROW_FORMAT=COMPRESSED. */
const flagsOf = (pageBytes: number): number => {
  const shift = Math.log2(pageBytes / 512)
  return pageBytes < 4096 ? shift << 1 : shift << 6
}

/** One page: zeros for 0, else contents that the number decides. Page 0 says what the file is. */
export const pageOf = (
  pageBytes: number,
  spaceId: number,
  pageNumber: number,
  value: number,
): Buffer => {
  const page = Buffer.alloc(pageBytes)
  if (value === 0) return page
  page.writeUInt32BE(pageNumber, FIL_PAGE_OFFSET)
  page.writeUInt16BE(pageNumber === 0 ? FSP_HDR_PAGE_TYPE : 17_855, FIL_PAGE_TYPE)
  page.writeUInt32BE(spaceId, FIL_PAGE_SPACE_ID)
  if (pageNumber === 0) {
    page.writeUInt32BE(spaceId, FIL_PAGE_DATA)
    page.writeUInt32BE(flagsOf(pageBytes), FIL_PAGE_DATA + 16)
  }
  // In the last bytes, so that pages which differ do so at their very end.
  page.writeUInt32BE(value, pageBytes - 4)
  return page
}

export interface FakeTablespace {
  readonly spaceId: number
  readonly pageBytes: number
  /** What each page holds; 0 is a page of zeros. */
  readonly pages: readonly number[]
}

/** The whole file. */
export const tablespaceBytes = ({ spaceId, pageBytes, pages }: FakeTablespace): Buffer =>
  Buffer.concat(pages.map((value, number) => pageOf(pageBytes, spaceId, number, value)))
