// Writes the size of the content into the headers that the addons leave it out of: GreatSQL's lz4
// frames declare it (FLG 0x6C, sql/clone_compress.cc), and a decoder that knows it finds more.

import { compressFrameSync } from 'lz4-napi'

/** Magic number, FLG, BD, and HC, the checksum of the header: what lz4-napi begins a frame with. */
const LZ4_HEADER_BYTES = 7
/** Version 1, independent blocks, content checksum; 0x6C with the content size. */
const LZ4_FLAGS_UNSIZED = 0x64
const LZ4_FLAGS = 0x6c

/** Magic number, descriptor, window: what the zstd addon begins a frame with. */
const ZSTD_HEADER_BYTES = 6
/** Frame_Content_Size_flag 2: a field of four bytes. */
const ZSTD_SIZE_OF_4_BYTES = 0x80

const checkHeader = (what: string, found: number, expected: number): void => {
  if (found === expected) return
  throw new Error(
    `the addon begins ${what} with 0x${found.toString(16)}, expected 0x${expected.toString(16)}`,
  )
}

/** XXH32 with seed 0, which the addon appends to every frame as the checksum of its content. */
const xxh32 = (bytes: Buffer): number => {
  const frame = compressFrameSync(bytes, { contentChecksum: true })
  return frame.readUInt32LE(frame.length - 4)
}

/** An lz4 frame of the addon as GreatSQL would have written it, in pieces to be written in a row. */
export const declareLz4Size = (frame: Buffer, contentBytes: number): readonly Buffer[] => {
  checkHeader('an lz4 frame', frame.readUInt8(4), LZ4_FLAGS_UNSIZED)
  const header = Buffer.alloc(LZ4_HEADER_BYTES + 8)
  frame.copy(header, 0, 0, LZ4_HEADER_BYTES)
  header.writeUInt8(LZ4_FLAGS, 4)
  header.writeBigUInt64LE(BigInt(contentBytes), 6)
  // HC: the second byte of the checksum of everything from FLG on.
  header.writeUInt8((xxh32(header.subarray(4, 14)) >>> 8) & 0xff, 14)
  return [header, frame.subarray(LZ4_HEADER_BYTES)]
}

/** A zstd frame of the addon with its content size, in pieces to be written in a row. */
export const declareZstdSize = (frame: Buffer, contentBytes: number): readonly Buffer[] => {
  checkHeader('a zstd frame', frame.readUInt8(4), 0)
  const header = Buffer.alloc(ZSTD_HEADER_BYTES + 4)
  frame.copy(header, 0, 0, ZSTD_HEADER_BYTES)
  header.writeUInt8(ZSTD_SIZE_OF_4_BYTES, 4)
  header.writeUInt32LE(contentBytes, ZSTD_HEADER_BYTES)
  return [header, frame.subarray(ZSTD_HEADER_BYTES)]
}
