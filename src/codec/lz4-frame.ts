// The headers of an LZ4 frame (LZ4 Frame Format 1.6, lz4_Frame_format.md). Nothing is
// decompressed here, and the header's own checksum is left to the decoders, which all verify it.

import { readExactly, type ByteSource } from './byte-source.ts'
import { damaged } from './damage.ts'
import type { Block, FrameLayout } from './frame.ts'

/** First four bytes of a frame, little-endian. */
export const LZ4_MAGIC = 0x184d2204

/** Where the descriptor begins: FLG, then BD. */
const FLAGS_AT = 4
const BLOCK_SIZE_BYTES = 4
const CHECKSUM_BYTES = 4
const STORED_BIT = 0x80000000

const parseFlags = (flags: number) => ({
  version: flags >> 6,
  blockChecksums: (flags & 0x10) !== 0,
  sized: (flags & 0x08) !== 0,
  checksummed: (flags & 0x04) !== 0,
  reserved: (flags & 0x02) !== 0,
  dictionary: (flags & 0x01) !== 0,
})

/** 64 KiB, 256 KiB, 1 MiB, 4 MiB for 4 to 7; undefined for a byte that no writer writes. */
const parseBlockMax = (descriptor: number): number | undefined => {
  const code = descriptor >> 4
  return (descriptor & 0x0f) === 0 && code >= 4 && code <= 7 ? 2 ** (8 + 2 * code) : undefined
}

interface BlockRules {
  readonly frameOffset: number
  readonly maxBytes: number
  readonly checksumBytes: number
}

const readBlock = (source: ByteSource, rules: BlockRules, offset: number): Block => {
  const { frameOffset, maxBytes, checksumBytes } = rules
  const place = { frameOffset, offset, lengthBytes: BLOCK_SIZE_BYTES }
  const field = readExactly(source, place).readUInt32LE()
  if (field === 0) return { storedBytes: BLOCK_SIZE_BYTES, contentAtMost: 0, last: true }
  const size = field % STORED_BIT
  if (size > maxBytes) {
    const problem = `the lz4 block at byte ${offset} has ${size} bytes, expected at most ${maxBytes}`
    throw damaged({ file: source.name, offset, problem })
  }
  const contentAtMost = field >= STORED_BIT ? size : maxBytes
  return { storedBytes: BLOCK_SIZE_BYTES + size + checksumBytes, contentAtMost, last: false }
}

const unreadable = (source: ByteSource, offset: number, found: string): Error =>
  damaged({
    file: source.name,
    offset,
    problem: `the lz4 frame at byte ${offset} ${found}, which GreatSQL's frames never do`,
  })

/**
 * Reads the header of the frame at `offset`, whose magic number was seen. Throws INTEGRITY for a
 * frame that is cut short, of another version, uses a reserved bit, or needs a dictionary.
 */
export const readLz4Header = (source: ByteSource, offset: number): FrameLayout => {
  const at = (from: number, lengthBytes: number) =>
    readExactly(source, { frameOffset: offset, offset: offset + from, lengthBytes })
  const descriptor = at(FLAGS_AT, 2)
  const flags = parseFlags(descriptor.readUInt8())
  const maxBytes = parseBlockMax(descriptor.readUInt8(1))
  if (flags.version !== 1) throw unreadable(source, offset, `has version ${flags.version}`)
  if (flags.reserved || maxBytes === undefined)
    throw unreadable(source, offset, 'uses reserved bits')
  if (flags.dictionary) throw unreadable(source, offset, 'needs a dictionary')
  const sizeFrom = FLAGS_AT + 2
  const headerBytes = sizeFrom + (flags.sized ? 8 : 0) + 1
  const header = at(0, headerBytes)
  const rules = {
    frameOffset: offset,
    maxBytes,
    checksumBytes: flags.blockChecksums ? CHECKSUM_BYTES : 0,
  }
  return {
    headerBytes,
    contentBytes: flags.sized ? Number(header.readBigUInt64LE(sizeFrom)) : undefined,
    checksummed: flags.checksummed,
    trailerBytes: flags.checksummed ? CHECKSUM_BYTES : 0,
    readBlock: (blockOffset) => readBlock(source, rules, blockOffset),
  }
}
