// Frames of both formats with every trait that their specifications allow and a test wants. The
// blocks are compressed by the addons; headers and checksums are written here, from the
// specifications.

import { compress } from '@mongodb-js/zstd'
import { compressSync } from 'lz4-napi'
import { xxh32, xxh64 } from './xxhash.ts'

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** Compresses to about a third, is the same for the same seed, and no two parts of it are equal. */
export const sampleContent = (bytes: number, seed = 1): Buffer => {
  const content = Buffer.alloc(bytes)
  let state = seed
  for (let at = 0; at < bytes; at++) {
    if (at % 3 === 0) state = (Math.imul(state, 1103515245) + 12345) >>> 0
    content[at] = at % 16 < 4 ? state >>> 24 : (at >> 8) & 0x3f
  }
  return content
}

export interface ZstdTraits {
  readonly checksum?: boolean
  /** Whether the header says how many bytes the content has. */
  readonly declared?: boolean
  /** Declares another number than there are. */
  readonly declares?: number
  /** How the blocks are written; rle takes the first byte for all. */
  readonly blocks?: 'compressed' | 'raw' | 'rle'
}

const ZSTD_BLOCK_BYTES = 128 * 1024
const zstdBlockTypes = { raw: 0, rle: 1 }

const plainBlocks = (content: Buffer, type: 'raw' | 'rle'): Buffer => {
  const blocks: Buffer[] = []
  for (let at = 0; at === 0 || at < content.length; at += ZSTD_BLOCK_BYTES) {
    const block = content.subarray(at, at + ZSTD_BLOCK_BYTES)
    const last = at + ZSTD_BLOCK_BYTES >= content.length ? 1 : 0
    const header = u32((block.length << 3) | (zstdBlockTypes[type] << 1) | last).subarray(0, 3)
    blocks.push(header, type === 'raw' ? block : block.subarray(0, 1))
  }
  return Buffer.concat(blocks)
}

/** As GreatSQL writes them unless told otherwise: a checksum, and no content size. */
export const zstdFrame = async (content: Buffer, traits: ZstdTraits = {}): Promise<Buffer> => {
  const { checksum = true, declared = false, blocks = 'compressed' } = traits
  const sized = declared || traits.declares !== undefined
  // The addon's header is six bytes: the magic number, a descriptor of 0, and the window.
  const body =
    blocks === 'compressed' ? (await compress(content)).subarray(6) : plainBlocks(content, blocks)
  return Buffer.concat([
    u32(0xfd2fb528),
    Buffer.from([(sized ? 0x80 : 0) | (checksum ? 0x04 : 0), 0x58]),
    sized ? u32(traits.declares ?? content.length) : Buffer.alloc(0),
    body,
    checksum ? u32(Number(xxh64(content) & 0xffffffffn)) : Buffer.alloc(0),
  ])
}

export interface Lz4Traits {
  readonly checksum?: boolean
  readonly blockChecksums?: boolean
  readonly declared?: boolean
  readonly declares?: number
  /** 4 to 7: blocks of 64 KiB, 256 KiB, 1 MiB, 4 MiB. */
  readonly blockCode?: number
  readonly blocks?: 'compressed' | 'raw'
}

const lz4Block = (content: Buffer, { blocks, blockChecksums }: Lz4Traits): Buffer => {
  // The addon puts the size of the content before the block.
  const packed = compressSync(content).subarray(4)
  const raw = blocks === 'raw' || packed.length >= content.length
  const body = raw ? content : packed
  const size = u32((body.length | (raw ? 0x80000000 : 0)) >>> 0)
  return Buffer.concat([size, body, blockChecksums ? u32(xxh32(body)) : Buffer.alloc(0)])
}

/** As GreatSQL writes them unless told otherwise: FLG 0x6C, blocks of 64 KiB. */
export const lz4Frame = (content: Buffer, traits: Lz4Traits = {}): Buffer => {
  const { checksum = true, blockChecksums = false, declared = true, blockCode = 4 } = traits
  const flags = 0x60 | (blockChecksums ? 0x10 : 0) | (declared ? 0x08 : 0) | (checksum ? 0x04 : 0)
  const descriptor = Buffer.concat([
    Buffer.from([flags, blockCode << 4]),
    declared ? u64(traits.declares ?? content.length) : Buffer.alloc(0),
  ])
  const blockBytes = 2 ** (8 + 2 * blockCode)
  const parts: Buffer[] = [
    u32(0x184d2204),
    descriptor,
    Buffer.from([(xxh32(descriptor) >>> 8) & 0xff]),
  ]
  for (let at = 0; at < content.length; at += blockBytes) {
    parts.push(lz4Block(content.subarray(at, at + blockBytes), traits))
  }
  return Buffer.concat([...parts, u32(0), checksum ? u32(xxh32(content)) : Buffer.alloc(0)])
}

/** A zstd frame of a few bytes that declares and holds this many zeros. */
export const zstdZeros = (bytes: number): Buffer => {
  const blocks: Buffer[] = []
  for (let left = bytes; left > 0; left -= ZSTD_BLOCK_BYTES) {
    const size = Math.min(left, ZSTD_BLOCK_BYTES)
    const header = (size << 3) | (zstdBlockTypes.rle << 1) | (left <= ZSTD_BLOCK_BYTES ? 1 : 0)
    blocks.push(u32(header).subarray(0, 3), Buffer.alloc(1))
  }
  return Buffer.concat([u32(0xfd2fb528), Buffer.from([0x80, 0x58]), u32(bytes), ...blocks])
}

/** What both formats let a decoder pass over. */
export const skippableFrame = (content: Buffer): Buffer =>
  Buffer.concat([u32(0x184d2a53), u32(content.length), content])
