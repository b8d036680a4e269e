// Pages of tables with COMPRESSION='zlib' or 'lz4' (page compression): the header stays, what follows
// it is packed, and its checksum is that of the page before. Sources: fil0types.h
// (FIL_PAGE_VERSION, FIL_PAGE_ALGORITHM_V1, ...), os/file.cc (Compression::deserialize).

import { inflateSync } from 'node:zlib'
import { decodeLz4Block } from './lz4-block.ts'
import { FIL_PAGE_DATA, FIL_PAGE_FILE_FLUSH_LSN, FIL_PAGE_TYPE, pageType } from './page.ts'

const FIL_PAGE_COMPRESSED = 14
const ALGORITHM = FIL_PAGE_FILE_FLUSH_LSN + 1
const ORIGINAL_TYPE = FIL_PAGE_FILE_FLUSH_LSN + 2
const ORIGINAL_BYTES = FIL_PAGE_FILE_FLUSH_LSN + 4
const PACKED_BYTES = FIL_PAGE_FILE_FLUSH_LSN + 6
/** Compression::Type. */
const ZLIB = 1
const LZ4 = 2

/** Whether the page is packed and not encrypted. */
export const isPackedPage = (page: Buffer): boolean => pageType(page) === FIL_PAGE_COMPRESSED

/**
 * The page as it was before it was packed. `unknown` when the algorithm is none of ours, `damaged`
 * when it cannot be unpacked to what its header says.
 */
export const unpackPage = (page: Buffer): Buffer | 'unknown' | 'damaged' => {
  const algorithm = page.readUInt8(ALGORITHM)
  if (algorithm !== ZLIB && algorithm !== LZ4) return 'unknown'
  const originalBytes = page.readUInt16BE(ORIGINAL_BYTES)
  const packedEnd = FIL_PAGE_DATA + page.readUInt16BE(PACKED_BYTES)
  if (packedEnd > page.length || FIL_PAGE_DATA + originalBytes !== page.length) return 'damaged'
  const packed = page.subarray(FIL_PAGE_DATA, packedEnd)
  const content =
    algorithm === ZLIB ? inflate(packed, originalBytes) : decodeLz4Block(packed, originalBytes)
  if (content?.length !== originalBytes) return 'damaged'
  const original = Buffer.concat([page.subarray(0, FIL_PAGE_DATA), content])
  original.writeUInt16BE(page.readUInt16BE(ORIGINAL_TYPE), FIL_PAGE_TYPE)
  return original
}

const inflate = (packed: Buffer, maxOutputLength: number): Buffer | undefined => {
  try {
    return inflateSync(packed, { maxOutputLength })
  } catch {
    // Whatever zlib says of it, the page is damaged; the caller tells which one.
    return undefined
  }
}
