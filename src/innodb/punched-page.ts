// A page of a table with COMPRESSION='zlib' or 'lz4' takes a whole page in a file, of which only the
// beginning says anything; the server punches a hole behind it, which reads as zeros. Sources:
// fil0fil.h (FIL_PAGE_COMPRESSED, FIL_PAGE_COMPRESS_SIZE_V1), arch0apply.cc (clone_apply_delta).

import { FIL_PAGE_DATA, FIL_PAGE_FILE_FLUSH_LSN, pageType } from './page.ts'

const FIL_PAGE_COMPRESSED = 14
const FIL_PAGE_COMPRESSED_AND_ENCRYPTED = 16
/** Bytes of compressed data after the header, u16. */
const FIL_PAGE_COMPRESS_SIZE_V1 = FIL_PAGE_FILE_FLUSH_LSN + 6

/**
 * Bytes from which on a page becomes a hole when it is written to a file system with blocks of
 * `blockBytes`; the length of the page when it does not.
 */
export const holeBegin = (page: Buffer, blockBytes: number): number => {
  const type = pageType(page)
  if (type !== FIL_PAGE_COMPRESSED && type !== FIL_PAGE_COMPRESSED_AND_ENCRYPTED) return page.length
  const used = page.readUInt16BE(FIL_PAGE_COMPRESS_SIZE_V1) + FIL_PAGE_DATA
  return Math.min(page.length, Math.ceil(used / blockBytes) * blockBytes)
}
