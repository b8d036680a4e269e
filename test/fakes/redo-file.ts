// Redo log files as a server writes them, as far as their headers and block headers go.

const BLOCK = 512
const HEADER = 2048

export interface RedoFile {
  readonly startLsn: bigint
  /** Full blocks, then the bytes in use of one more. */
  readonly blocks: number
  readonly last?: number
  readonly checkpoints?: readonly [bigint, bigint]
}

/** A file of this many bytes of log, with zeros behind. */
export const redoFile = ({
  startLsn,
  blocks,
  last = 0,
  checkpoints = [0n, 0n],
}: RedoFile): Buffer => {
  const bytes = Buffer.alloc(HEADER + (blocks + 4) * BLOCK)
  bytes.writeUInt32BE(6, 0)
  bytes.writeBigUInt64BE(startLsn, 8)
  bytes.write('MySQL Clone', 16)
  bytes.writeBigUInt64BE(checkpoints[0], 520)
  bytes.writeBigUInt64BE(checkpoints[1], 1544)
  for (let block = 0; block < blocks + (last > 0 ? 1 : 0); block += 1) {
    const lsn = startLsn + BigInt(block * BLOCK)
    bytes.writeUInt32BE(1 + Number((lsn / 512n) & 0x3fffffffn), HEADER + block * BLOCK)
    bytes.writeUInt16BE(block < blocks ? BLOCK : last, HEADER + block * BLOCK + 4)
  }
  return bytes
}

/** As a log that goes on in the next file has it: no room behind the last block. */
export const fullRedoFile = (file: RedoFile): Buffer =>
  redoFile(file).subarray(0, HEADER + file.blocks * BLOCK)
