// How far the redo of a clone reaches: its END_LSN. Layout of redo files since 8.0.30
// (log0constants.h, log0files_io.cc): four header blocks, then log blocks of 512 bytes.

const BLOCK = 512
const FILE_HEADER = 4 * BLOCK
/** In the first header block. */
const START_LSN = 8
/** In every log block: its number with the flush bit, and how many of its bytes are in use. */
const BLOCK_NUMBER_MASK = 0x3fffffffn
const DATA_LENGTH = 4

/** `#ib_redo12` is file 12; undefined for any other name. */
export const redoFileNumber = (name: string): number | undefined => {
  const [, digits] = /^#ib_redo(\d+)$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}

/** log_block_convert_lsn_to_hdr_no: blocks count from 1. */
const blockNumberOf = (lsn: bigint): number =>
  Number(((lsn / BigInt(BLOCK)) & BLOCK_NUMBER_MASK) + 1n)

/** Bytes in use of a block, or undefined when it does not hold this LSN. */
const bytesUsed = (block: Buffer, lsn: bigint): number | undefined => {
  if (block.length < BLOCK) return undefined
  const number = (block.readUInt32BE(0) & 0x7fffffff) >>> 0
  if (number !== blockNumberOf(lsn)) return undefined
  // The top bit says that the block is encrypted.
  const length = block.readUInt16BE(DATA_LENGTH) & 0x7fff
  return length >= 12 && length <= BLOCK ? length : undefined
}

/** The LSN behind the last byte of log in one redo file, its whole bytes given. */
export const redoEndLsn = (file: Buffer): bigint => {
  let lsn = file.readBigUInt64BE(START_LSN)
  for (let at = FILE_HEADER; ; at += BLOCK) {
    const used = bytesUsed(file.subarray(at, at + BLOCK), lsn)
    if (used === undefined) return lsn
    if (used < BLOCK) return lsn + BigInt(used)
    lsn += BigInt(BLOCK)
  }
}
