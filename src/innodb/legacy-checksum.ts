// The checksum of pages that were last written before crc32 became the default (MySQL 5.7.7) and
// never since: innodb_checksum_algorithm = innodb. The server still takes them for sound. Sources:
// buf/checksum.cc (buf_calc_page_new_checksum, buf_calc_page_old_checksum,
// BlockReporter::is_checksum_valid_innodb, calc_zip_checksum), ut0rnd.h (hash_binary_ib).

import {
  FIL_PAGE_DATA,
  FIL_PAGE_FILE_FLUSH_LSN,
  FIL_PAGE_LSN,
  FIL_PAGE_OFFSET,
  FIL_PAGE_SPACE_ID,
  FIL_PAGE_TYPE,
  PAGE_TRAILER_BYTES,
} from './page.ts'

const MASK_1 = 1_463_735_687
const MASK_2 = 1_653_893_711

/** The low 32 bits of hash_binary_ib; they do not depend on those above. */
const fold = (bytes: Uint8Array): number => {
  let sum = 0
  for (const byte of bytes) sum = ((((sum ^ byte ^ MASK_2) << 8) + sum) ^ MASK_1) + byte
  return sum >>> 0
}

/** Whether a page that is no ROW_FORMAT=COMPRESSED one has a good checksum of this kind. */
export const hasLegacyChecksum = (page: Buffer): boolean => {
  const atEnd = page.length - PAGE_TRAILER_BYTES
  const old = page.readUInt32BE(atEnd)
  // Very old servers wrote the LSN there.
  if (
    old !== page.readUInt32BE(FIL_PAGE_LSN) &&
    old !== fold(page.subarray(0, FIL_PAGE_FILE_FLUSH_LSN))
  )
    return false
  const stored = page.readUInt32BE(0)
  if (stored === 0) return true
  const header = fold(page.subarray(FIL_PAGE_OFFSET, FIL_PAGE_FILE_FLUSH_LSN))
  return stored === (header + fold(page.subarray(FIL_PAGE_DATA, atEnd))) >>> 0
}

/** Largest prime below 2^16 (zlib, adler32). */
const ADLER_BASE = 65_521

/** The checksum of this kind for a page with ROW_FORMAT=COMPRESSED: zlib's adler32, begun at 0. */
export const legacyZipChecksum = (page: Buffer): number => {
  let [low, high] = [0, 0]
  const add = (from: number, to: number): void => {
    for (const byte of page.subarray(from, to)) {
      low = (low + byte) % ADLER_BASE
      high = (high + low) % ADLER_BASE
    }
  }
  add(FIL_PAGE_OFFSET, FIL_PAGE_LSN)
  add(FIL_PAGE_TYPE, FIL_PAGE_TYPE + 2)
  add(FIL_PAGE_SPACE_ID, page.length)
  return high * 65_536 + low
}
