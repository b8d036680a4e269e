// One zstd frame as GreatSQL writes it for every write call: sql/clone_compress.cc,
// Zstd_compress_file::compress_and_write. The addon here writes neither checksum nor a frame without
// content size, so its blocks get another header and a checksum (RFC 8878, section 3.1.1).
import { compress } from '@mongodb-js/zstd'
import { xxh64 } from './xxh64.ts'

const MAGIC_BYTES = 4
/** Frame_Header_Descriptor: content checksum, a window descriptor, no content size, no dictionary. */
const DESCRIPTOR = 0x04
/** ZSTD_compressStream2 learns the content size of what it gets in one call, at most 128 KiB. */
const ONE_CALL = 131_072
const SINGLE_SEGMENT = 0x20
const CHECKSUM = 0x04
const SMALLEST_WINDOW_LOG = 10

/** Bytes of Frame_Content_Size for the two top bits of the descriptor. */
const contentSizeBytes = (descriptor: number): number => {
  const code = descriptor >>> 6
  if (code === 0) return (descriptor & SINGLE_SEGMENT) === 0 ? 0 : 1
  return 1 << code
}

/** A window that holds the whole content: a frame of a single segment needs that. */
const windowFor = (contentBytes: number): number => {
  const log = Math.max(SMALLEST_WINDOW_LOG, Math.ceil(Math.log2(Math.max(1, contentBytes))))
  return (log - SMALLEST_WINDOW_LOG) << 3
}

const checksumOf = (content: Buffer): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(Number(xxh64(content) & 0xffffffffn))
  return bytes
}

/** The addon's frame with the checksum bit set; small ones keep their content size. */
const withContentSize = (frame: Buffer): Buffer => {
  frame[MAGIC_BYTES] = (frame[MAGIC_BYTES] ?? 0) | CHECKSUM
  return frame
}

const withoutContentSize = (frame: Buffer, contentBytes: number): Buffer => {
  const descriptor = frame[MAGIC_BYTES] ?? 0
  const single = (descriptor & SINGLE_SEGMENT) !== 0
  const window = single ? windowFor(contentBytes) : (frame[MAGIC_BYTES + 1] ?? 0)
  const blocks = MAGIC_BYTES + 1 + (single ? 0 : 1) + contentSizeBytes(descriptor)
  const header = Buffer.from([...frame.subarray(0, MAGIC_BYTES), DESCRIPTOR, window])
  return Buffer.concat([header, frame.subarray(blocks)])
}

const build = async (content: Buffer): Promise<Buffer> => {
  const frame = await compress(content)
  const named =
    content.length <= ONE_CALL ? withContentSize(frame) : withoutContentSize(frame, content.length)
  return Buffer.concat([named, checksumOf(content)])
}

/** Half of a fresh server's pages are zeros: their frames are made once for each length. */
const zeroFrames = new Map<number, Promise<Buffer>>()
const zeros = Buffer.alloc(512 * 1024)

const isZero = (content: Buffer): boolean =>
  content.length <= zeros.length && content.equals(zeros.subarray(0, content.length))

/** The frame of this content. */
export const zstdFrame = (content: Buffer): Promise<Buffer> => {
  if (!isZero(content)) return build(content)
  const known = zeroFrames.get(content.length) ?? build(content)
  zeroFrames.set(content.length, known)
  return known
}
