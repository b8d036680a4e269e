// Whether a page is what the server once wrote, by the checksum it carries. This is what innochecksum
// and the server itself look at when they read a page (buf/checksum.cc: BlockReporter::is_corrupted,
// verify_zip_checksum, buf_calc_page_crc32, calc_zip_checksum).

import { crc32c } from './crc32c.ts'
import { hasLegacyChecksum, legacyZipChecksum } from './legacy-checksum.ts'
import { isPackedPage, unpackPage } from './packed-page.ts'
import {
  FIL_PAGE_DATA,
  FIL_PAGE_FILE_FLUSH_LSN,
  FIL_PAGE_LSN,
  FIL_PAGE_OFFSET,
  FIL_PAGE_SPACE_ID,
  FIL_PAGE_TYPE,
  isZeroPage,
  PAGE_TRAILER_BYTES,
  pageType,
} from './page.ts'

/** Why a page cannot be checked: its checksum is hidden, or it has none. */
export const uncheckedReasons = ['encrypted', 'noChecksum', 'unknownCompression'] as const
export type UncheckedReason = (typeof uncheckedReasons)[number]

/** What is wrong with a page. `expected` and `actual` are of the field that is named. */
export interface PageFault {
  readonly what: 'checksum' | 'lsn' | 'compression'
  /** What the page says at its beginning. */
  readonly expected: string
  /** What was computed of it, or what it says at its end. */
  readonly actual: string
}

/** `sound`: its checksum is right. `empty`: zeros, as space that was never written. */
export type PageVerdict = 'sound' | 'empty' | UncheckedReason | PageFault

/** BUF_NO_CHECKSUM_MAGIC: innodb_checksum_algorithm = none. */
const NO_CHECKSUM = 0xdeadbeef
/** FIL_PAGE_ENCRYPTED, FIL_PAGE_COMPRESSED_AND_ENCRYPTED, FIL_PAGE_ENCRYPTED_RTREE. */
const ENCRYPTED_TYPES: ReadonlySet<number> = new Set([15, 16, 17])

const hex = (value: number): string => value.toString(16).padStart(8, '0')

/** Checksum that the server gives a page that is no ROW_FORMAT=COMPRESSED one. */
export const pageChecksum = (page: Buffer): number => {
  const header = crc32c(page.subarray(FIL_PAGE_OFFSET, FIL_PAGE_FILE_FLUSH_LSN))
  const body = crc32c(page.subarray(FIL_PAGE_DATA, page.length - PAGE_TRAILER_BYTES))
  return (header ^ body) >>> 0
}

/** Checksum that the server gives a page of a table with ROW_FORMAT=COMPRESSED. */
export const zipPageChecksum = (page: Buffer): number => {
  const place = crc32c(page.subarray(FIL_PAGE_OFFSET, FIL_PAGE_LSN))
  const type = crc32c(page.subarray(FIL_PAGE_TYPE, FIL_PAGE_TYPE + 2))
  return (place ^ type ^ crc32c(page.subarray(FIL_PAGE_SPACE_ID))) >>> 0
}

/** Judges a page of the physical size; `zip` says whether the table has ROW_FORMAT=COMPRESSED. */
export const judgePage = (page: Buffer, zip: boolean): PageVerdict => {
  if (isZeroPage(page)) return 'empty'
  if (ENCRYPTED_TYPES.has(pageType(page))) return 'encrypted'
  if (zip) return judgeZip(page)
  if (!isPackedPage(page)) return judgePlain(page)
  const unpacked = unpackPage(page)
  if (unpacked === 'unknown') return 'unknownCompression'
  if (unpacked !== 'damaged') return judgePlain(unpacked)
  return { what: 'compression', expected: 'a page that can be unpacked', actual: 'damaged bytes' }
}

const judgePlain = (page: Buffer): PageVerdict => {
  const trailer = page.length - PAGE_TRAILER_BYTES
  const [lsn, lsnAtEnd] = [page.readUInt32BE(FIL_PAGE_LSN + 4), page.readUInt32BE(trailer + 4)]
  if (lsn !== lsnAtEnd) return { what: 'lsn', expected: hex(lsn), actual: hex(lsnAtEnd) }
  const [stored, storedAtEnd] = [page.readUInt32BE(0), page.readUInt32BE(trailer)]
  if (storedAtEnd === 0 && isUnstamped(page)) return judgeUnstamped(page)
  const computed = pageChecksum(page)
  if (stored === storedAtEnd && stored === computed) return 'sound'
  if (stored === storedAtEnd && stored === NO_CHECKSUM) return 'noChecksum'
  if (hasLegacyChecksum(page)) return 'sound'
  const odd = stored === computed ? storedAtEnd : stored
  return { what: 'checksum', expected: hex(odd), actual: hex(computed) }
}

/** Neither checksum nor LSN: it must be empty. */
const isUnstamped = (page: Buffer): boolean =>
  page.readUInt32BE(0) === 0 && page.readBigUInt64BE(FIL_PAGE_LSN) === 0n

const judgeUnstamped = (page: Buffer): PageVerdict =>
  isZeroBesidesFlushLsn(page)
    ? 'empty'
    : { what: 'checksum', expected: hex(0), actual: hex(pageChecksum(page)) }

/** Page compression uses the field of the flush LSN, also in pages that are empty. */
const isZeroBesidesFlushLsn = (page: Buffer): boolean =>
  isZeroPage(page.subarray(0, FIL_PAGE_FILE_FLUSH_LSN)) &&
  isZeroPage(page.subarray(FIL_PAGE_SPACE_ID))

const judgeZip = (page: Buffer): PageVerdict => {
  const stored = page.readUInt32BE(0)
  const computed = zipPageChecksum(page)
  if (!isUnstamped(page)) {
    if (stored === computed) return 'sound'
    if (stored === NO_CHECKSUM) return 'noChecksum'
    if (stored === legacyZipChecksum(page)) return 'sound'
  }
  return { what: 'checksum', expected: hex(stored), actual: hex(computed) }
}
