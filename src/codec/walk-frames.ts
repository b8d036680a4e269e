// Finds the frames of a compressed file from their headers and block sizes, without decompressing
// or even reading what is in them. What is not a whole frame of the expected kind is refused:
// decoders pass over some of it in silence, and with it over data.

import { cutShort, readExactly, type ByteSource } from './byte-source.ts'
import type { Codec } from './codec.ts'
import { damaged } from './damage.ts'
import type { Frame, FrameLayout } from './frame.ts'
import { LZ4_MAGIC, readLz4Header } from './lz4-frame.ts'
import { readZstdHeader, ZSTD_MAGIC } from './zstd-frame.ts'

/** What a decoder is prepared to take. */
export interface FrameLimits {
  /** Of compressed bytes, and of content where it is declared; see `weightOf`. */
  readonly frameBytes: number
}

const MIB = 1024 * 1024
const MAGIC_BYTES = 4
const LZ4_LEGACY_MAGIC = 0x184c2102
const SKIPPABLE_MAGIC = 0x184d2a50

/** What the blocks of a frame could hold is a multiple of what they do hold when zstd splits them. */
const UNDECLARED_FACTOR = 4

/** How large a frame is in the sense of the limits: bytes, compressed or not, whichever is more. */
export const weightOf = ({ compressedBytes, contentBytes, contentAtMost }: Frame): number =>
  Math.max(compressedBytes, contentBytes ?? contentAtMost / UNDECLARED_FACTOR)

const magicOf: Readonly<Record<Codec, number>> = { zstd: ZSTD_MAGIC, lz4: LZ4_MAGIC }
const readHeader = { zstd: readZstdHeader, lz4: readLz4Header }

const describeMagic = (magic: Buffer): string => {
  const value = magic.readUInt32LE()
  if (value === ZSTD_MAGIC) return 'a zstd frame'
  if (value === LZ4_MAGIC) return 'an lz4 frame'
  if (value === LZ4_LEGACY_MAGIC) return 'a frame of the legacy lz4 format, which has no checksum'
  // Its bytes would be dropped without a word; no writer of backups puts anything into one.
  if ((value & ~0x0f) >>> 0 === SKIPPABLE_MAGIC) return 'a skippable frame'
  return `the bytes ${magic.toString('hex')}`
}

const hintFor = (offset: number): string =>
  offset === 0
    ? 'The name promises another format. GreatSQL 8.0.32-26 leaves the delta of a table that was created during the backup uncompressed under such a name: that backup cannot be used.'
    : 'Something was appended to the file or overwrote a part of it: copy it again from where the backup is kept, or use another backup.'

const requireMagic = (source: ByteSource, codec: Codec, offset: number): void => {
  const place = { frameOffset: offset, offset, lengthBytes: MAGIC_BYTES }
  const magic = readExactly(source, place)
  if (magic.readUInt32LE() === magicOf[codec]) return
  const problem = `expected a frame of ${codec} at byte ${offset}, found ${describeMagic(magic)}`
  throw damaged({ file: source.name, offset, problem, hint: hintFor(offset) })
}

const tooLarge = (source: ByteSource, offset: number, limit: number, what: string): Error =>
  damaged({
    file: source.name,
    offset,
    problem: `the frame at byte ${offset} ${what}, expected at most ${limit / MIB} MiB`,
    hint: 'Install the programs zstd and lz4, which decode frames of up to 2 GiB; GreatSQL writes none that is larger.',
  })

/** Walks the blocks of one frame; the limit is looked at on the way, so that no walk is endless. */
const measureFrame = (
  source: ByteSource,
  offset: number,
  layout: FrameLayout,
  { frameBytes }: FrameLimits,
): Frame => {
  const { contentBytes, checksummed } = layout
  if (contentBytes !== undefined && contentBytes > frameBytes) {
    throw tooLarge(source, offset, frameBytes, `declares ${contentBytes} bytes of content`)
  }
  let end = offset + layout.headerBytes
  let contentAtMost = 0
  for (let last = false; !last;) {
    const block = layout.readBlock(end)
    end += block.storedBytes
    contentAtMost += block.contentAtMost
    last = block.last
    if (end > source.sizeBytes) throw cutShort(source, offset)
    if (end - offset > frameBytes) {
      throw tooLarge(source, offset, frameBytes, `has more than ${frameBytes} compressed bytes`)
    }
  }
  end += layout.trailerBytes
  if (end > source.sizeBytes) throw cutShort(source, offset)
  return { offset, compressedBytes: end - offset, contentBytes, contentAtMost, checksummed }
}

const requirePossible = (source: ByteSource, frame: Frame, { frameBytes }: FrameLimits): void => {
  const { offset, contentBytes, contentAtMost } = frame
  if (contentBytes === undefined && contentAtMost > frameBytes * UNDECLARED_FACTOR) {
    const what = `can hold ${contentAtMost} bytes of content and does not say how many`
    throw tooLarge(source, offset, frameBytes * UNDECLARED_FACTOR, what)
  }
  if (contentBytes !== undefined && contentBytes > contentAtMost) {
    const problem = `the frame at byte ${offset} declares ${contentBytes} bytes of content, but its blocks hold at most ${contentAtMost}`
    throw damaged({ file: source.name, offset, problem })
  }
}

/** The frame that begins at this byte. Throws as `walkFrames` does. */
export const frameAt = (
  source: ByteSource,
  codec: Codec,
  offset: number,
  limits: FrameLimits,
): Frame => {
  requireMagic(source, codec, offset)
  const frame = measureFrame(source, offset, readHeader[codec](source, offset), limits)
  requirePossible(source, frame, limits)
  return frame
}

/**
 * Yields every frame of a file in order; nothing for an empty file. Throws INTEGRITY, with file
 * and offset, for a file that ends inside a frame, for anything that is not a frame of `codec`,
 * skippable and legacy frames included, and for a frame beyond the limits. A file cut exactly
 * between two frames is beyond what any reader of frames can see: only an expected size tells.
 */
export function* walkFrames(
  source: ByteSource,
  codec: Codec,
  limits: FrameLimits,
): Generator<Frame, void> {
  for (let offset = 0; offset < source.sizeBytes;) {
    const frame = frameAt(source, codec, offset, limits)
    yield frame
    offset += frame.compressedBytes
  }
}
