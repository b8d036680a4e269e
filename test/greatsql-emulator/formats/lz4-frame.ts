// One LZ4 frame as GreatSQL writes it for every write call: sql/clone_compress.cc,
// Lz4_compress_file::compress_and_write; the format is the LZ4 frame specification.
import lz4 from 'lz4-napi'
import { xxh32 } from './xxh32.ts'

const MAGIC = 0x184d2204
/** Version 01, independent blocks, no block checksums, content size, content checksum. */
const FLAGS = 0x6c
const STORED = 0x80000000
const KIB = 1024
const MIB = 1024 * KIB

/**
 * The block size code. 1204 is GreatSQL's slip for 1024: chunks a little over 1 MiB get the code
 * of 1 MiB. Undefined above 4 MiB, where its writer fails.
 */
export const blockSizeCode = (chunkBytes: number): number | undefined => {
  const limits = [64 * KIB, 256 * KIB, 1204 * KIB, 4 * MIB]
  const index = limits.findIndex((limit) => chunkBytes <= limit)
  return index === -1 ? undefined : 4 + index
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

const header = (contentBytes: number, code: number): Buffer => {
  const bytes = Buffer.alloc(15)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes[4] = FLAGS
  bytes[5] = code << 4
  bytes.writeBigUInt64LE(BigInt(contentBytes), 6)
  bytes[14] = (xxh32(bytes.subarray(4, 14)) >>> 8) & 0xff
  return bytes
}

/** A block and its length; stored as it is when compression gains nothing on the chunk size. */
const block = async (chunk: Buffer, chunkBytes: number): Promise<Buffer[]> => {
  // The addon puts the length of the content in front of the block.
  const packed = (await lz4.compress(chunk)).subarray(4)
  return packed.length < chunkBytes
    ? [uint32(packed.length), packed]
    : [uint32(chunk.length | STORED), chunk]
}

/** @throws Error when the chunks are too large for LZ4 (see blockSizeCode). */
export const lz4Frame = async (content: Buffer, chunkBytes: number): Promise<Buffer> => {
  const code = blockSizeCode(chunkBytes)
  if (code === undefined) throw new Error('compress chunk size is too large for LZ4 compressor.')
  const parts: Buffer[] = [header(content.length, code)]
  for (let at = 0; at < content.length; at += chunkBytes) {
    parts.push(...(await block(content.subarray(at, at + chunkBytes), chunkBytes)))
  }
  return Buffer.concat([...parts, uint32(0), uint32(xxh32(content))])
}
