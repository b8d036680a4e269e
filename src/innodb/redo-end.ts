// How far the redo log of a backup reaches: the LSN up to which recovery can bring its pages.
// Sources: log0constants.h (LOG_BLOCK_*), log0files_io.h (block header), log0recv.cc
// (recv_scan_log_recs: a block that does not fit, or is not full, ends the log).

import { REDO_BLOCK_BYTES } from './redo-header.ts'

const LOG_BLOCK_HDR_NO = 0
/** Set by old servers on the first block of a write (LOG_BLOCK_FLUSH_BIT_MASK). */
const FLUSH_BIT_MASK = 0x80000000
const LOG_BLOCK_HDR_DATA_LEN = 4
/** Set where the block's data is encrypted (LOG_BLOCK_ENCRYPT_BIT_MASK). */
const ENCRYPT_BIT_MASK = 0x8000
const LOG_BLOCK_HDR_SIZE = 12
/** LOG_BLOCK_MAX_NO - 1: block numbers wrap around behind it. */
const BLOCK_NUMBER_MASK = 0x3fffffffn
const BLOCK_BYTES = BigInt(REDO_BLOCK_BYTES)

/** How far a run of log blocks reaches. */
export interface RedoReach {
  /** LSN behind the last byte of log found. */
  readonly lsn: bigint
  /** The log ends here; false when every block was full, so that the next blocks may go on. */
  readonly ended: boolean
}

/** The number that the block at this LSN carries (log_block_convert_lsn_to_hdr_no). */
const blockNumberAt = (lsn: bigint): number => 1 + Number((lsn / BLOCK_BYTES) & BLOCK_NUMBER_MASK)

/** Bytes of the block in use, its header included; undefined when it is not the one due at `lsn`. */
const usedBytes = (blocks: Buffer, offset: number, lsn: bigint): number | undefined => {
  const number = blocks.readUInt32BE(offset + LOG_BLOCK_HDR_NO) & ~FLUSH_BIT_MASK
  if (number !== blockNumberAt(lsn)) return undefined
  const used = blocks.readUInt16BE(offset + LOG_BLOCK_HDR_DATA_LEN) & ~ENCRYPT_BIT_MASK
  return used >= LOG_BLOCK_HDR_SIZE && used <= REDO_BLOCK_BYTES ? used : undefined
}

/**
 * How far valid log reaches in consecutive log blocks, the first of which lies at `firstLsn` (a
 * multiple of 512). A file can be walked in chunks: while `ended` is false, go on with the blocks
 * that follow at `lsn`. Bytes behind the last whole block are not looked at.
 */
export const lastLsnInBlocks = (blocks: Buffer, firstLsn: bigint): RedoReach => {
  let lsn = firstLsn
  for (let offset = 0; offset + REDO_BLOCK_BYTES <= blocks.length; offset += REDO_BLOCK_BYTES) {
    const used = usedBytes(blocks, offset, lsn)
    if (used === undefined) return { lsn, ended: true }
    if (used < REDO_BLOCK_BYTES) return { lsn: lsn + BigInt(used), ended: true }
    lsn += BLOCK_BYTES
  }
  return { lsn, ended: false }
}
