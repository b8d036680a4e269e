// The headers of a zstd frame (RFC 8878, section 3.1.1). Nothing is decompressed here.

import { readExactly, type ByteSource } from './byte-source.ts'
import { damaged } from './damage.ts'
import type { Block, FrameLayout } from './frame.ts'

/** First four bytes of a frame, little-endian. */
export const ZSTD_MAGIC = 0xfd2fb528

const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4
/** No block holds more content, whatever the window (RFC 8878, 3.1.1.2.4). */
const MAX_BLOCK_BYTES = 128 * 1024

const blockTypes = ['raw', 'rle', 'compressed', 'reserved'] as const
const dictionaryIdBytes = [0, 1, 2, 4]
const contentSizeBytes = [0, 2, 4, 8]

/** Frame_Header_Descriptor, bit by bit; bit 4 is unused and must be ignored. */
const parseDescriptor = (descriptor: number) => {
  const singleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  return {
    singleSegment,
    reserved: (descriptor & 0x08) !== 0,
    checksummed: (descriptor & 0x04) !== 0,
    dictionaryIdBytes: dictionaryIdBytes[descriptor & 0x03] ?? 0,
    contentSizeBytes: sizeFlag === 0 && singleSegment ? 1 : (contentSizeBytes[sizeFlag] ?? 0),
  }
}

/** Window_Size: a power of two and eighths of it. */
const parseWindow = (byte: number): number => {
  const base = 2 ** (10 + (byte >> 3))
  return base + (base / 8) * (byte & 0x07)
}

const parseContentSize = (field: Buffer): number | undefined => {
  if (field.length === 0) return undefined
  if (field.length === 8) return Number(field.readBigUInt64LE())
  const size = field.readUIntLE(0, field.length)
  return field.length === 2 ? size + 256 : size
}

const contentAtMost = (type: (typeof blockTypes)[number], size: number, max: number): number =>
  type === 'compressed' ? max : size

const readBlock = (
  source: ByteSource,
  frameOffset: number,
  maxBytes: number,
  offset: number,
): Block => {
  const place = { frameOffset, offset, lengthBytes: BLOCK_HEADER_BYTES }
  const header = readExactly(source, place).readUIntLE(0, BLOCK_HEADER_BYTES)
  const type = blockTypes[(header >> 1) & 0x03] ?? 'reserved'
  const size = header >> 3
  if (type === 'reserved' || size > maxBytes) {
    const problem = `the zstd block at byte ${offset} is ${type} with ${size} bytes, expected at most ${maxBytes} bytes of a known type`
    throw damaged({ file: source.name, offset, problem })
  }
  const storedBytes = BLOCK_HEADER_BYTES + (type === 'rle' ? 1 : size)
  const last = (header & 0x01) !== 0
  return { storedBytes, contentAtMost: contentAtMost(type, size, maxBytes), last }
}

const requireReadable = (
  source: ByteSource,
  offset: number,
  { reserved, dictionaryId }: { readonly reserved: boolean; readonly dictionaryId: number },
): void => {
  if (!reserved && dictionaryId === 0) return
  const what = reserved ? 'uses a reserved bit' : `needs the dictionary ${dictionaryId}`
  const problem = `the zstd frame at byte ${offset} ${what}, which GreatSQL's frames never do`
  throw damaged({ file: source.name, offset, problem })
}

/**
 * Reads the header of the frame at `offset`, whose magic number was seen. Throws INTEGRITY for a
 * frame that is cut short, uses a reserved bit or block type, or needs a dictionary.
 */
export const readZstdHeader = (source: ByteSource, offset: number): FrameLayout => {
  const at = (from: number, lengthBytes: number) =>
    readExactly(source, { frameOffset: offset, offset: offset + from, lengthBytes })
  const descriptor = parseDescriptor(at(4, 1).readUInt8())
  const windowBytes = descriptor.singleSegment ? 0 : 1
  const sizeFrom = 5 + windowBytes + descriptor.dictionaryIdBytes
  const headerBytes = sizeFrom + descriptor.contentSizeBytes
  const header = at(0, headerBytes)
  const contentBytes = parseContentSize(header.subarray(sizeFrom))
  const dictionaryId = header
    .subarray(5 + windowBytes, sizeFrom)
    .reduceRight((id, byte) => id * 256 + byte, 0)
  const window = windowBytes === 0 ? (contentBytes ?? 0) : parseWindow(header.readUInt8(5))
  requireReadable(source, offset, { reserved: descriptor.reserved, dictionaryId })
  const maxBytes = Math.min(window, MAX_BLOCK_BYTES)
  return {
    headerBytes,
    contentBytes,
    checksummed: descriptor.checksummed,
    trailerBytes: descriptor.checksummed ? CHECKSUM_BYTES : 0,
    readBlock: (blockOffset) => readBlock(source, offset, maxBytes, blockOffset),
  }
}
