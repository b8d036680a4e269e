// LZ4 frames as LZ4F_decompress takes them apart: events at positions of the file (LZ4 frame format
// description). GreatSQL's lz4_decompress reads its input by the MiB, so positions matter.
import { xxh32 } from '../formats/xxh32.ts'
import { decodeBlock, Lz4Damage } from './lz4-block.ts'

const MAGIC = 0x184d2204
const STORED = 0x80000000
const LENGTH = 0x7fffffff

/** Something is complete at this position, the first byte behind it. */
export interface FrameEvent {
  readonly end: number
  /** Undefined: the frame ends here. */
  readonly content: Buffer | undefined
}

interface Header {
  readonly end: number
  readonly maxBlock: number
  readonly contentChecksum: boolean
  readonly blockChecksum: boolean
}

/** Undefined when the input ends within it. @throws Lz4Damage. */
const readHeader = (input: Buffer, start: number): Header | undefined => {
  if (start + 7 > input.length) return undefined
  if (input.readUInt32LE(start) !== MAGIC) throw new Lz4Damage('ERROR_frameType_unknown')
  const flags = input[start + 4] ?? 0
  const sizes = ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4)
  const checksumAt = start + 6 + sizes
  if (checksumAt >= input.length) return undefined
  const wanted = (xxh32(input.subarray(start + 4, checksumAt)) >>> 8) & 0xff
  if (input[checksumAt] !== wanted) throw new Lz4Damage('ERROR_headerChecksum_invalid')
  const code = ((input[start + 5] ?? 0) >>> 4) & 7
  if (code < 4) throw new Lz4Damage('ERROR_maxBlockSize_invalid')
  return {
    end: checksumAt + 1,
    maxBlock: 1 << (8 + 2 * code),
    contentChecksum: (flags & 4) !== 0,
    blockChecksum: (flags & 16) !== 0,
  }
}

/** Yields the events of one frame; stops without an end when the input does. @throws Lz4Damage. */
function* readFrame(input: Buffer, header: Header): Generator<FrameEvent> {
  const parts: Buffer[] = []
  for (let at = header.end; at + 4 <= input.length;) {
    const word = input.readUInt32LE(at)
    const length = word & LENGTH
    const end = at + 4 + length + (word !== 0 && header.blockChecksum ? 4 : 0)
    if (word === 0) return yield* finishFrame(input, header, { at: end, parts })
    if (length > header.maxBlock) throw new Lz4Damage('ERROR_maxBlockSize_invalid')
    if (end > input.length) return
    const block = input.subarray(at + 4, at + 4 + length)
    const stored = (word & STORED) !== 0
    const content = stored ? block : decodeBlock(block, header.maxBlock)
    parts.push(content)
    yield { end, content }
    at = end
  }
}

function* finishFrame(
  input: Buffer,
  { contentChecksum }: Header,
  { at, parts }: { readonly at: number; readonly parts: readonly Buffer[] },
): Generator<FrameEvent> {
  const end = at + (contentChecksum ? 4 : 0)
  if (end > input.length) return
  const right = !contentChecksum || input.readUInt32LE(at) === xxh32(Buffer.concat(parts))
  if (!right) throw new Lz4Damage('ERROR_contentChecksum_invalid')
  yield { end, content: undefined }
}

/**
 * Yields everything from `start` on, frame after frame. Nothing tells a whole file from one that is
 * cut off. @throws Lz4Damage where the bytes are wrong.
 */
export function* readFrames(input: Buffer, start: number): Generator<FrameEvent> {
  for (let at = start; at < input.length;) {
    const header = readHeader(input, at)
    if (header === undefined) return
    let ended = false
    for (const event of readFrame(input, header)) {
      yield event
      if (event.content === undefined) {
        ended = true
        at = event.end
      }
    }
    if (!ended) return
  }
}
