// Decodes frames that come as a stream: what is decrypted on the way lies in no file that could be
// walked.

import { decodeOne, frameLimits } from './addon-decoder.ts'
import type { ByteSource } from './byte-source.ts'
import { requireNotCancelled } from './cancelled.ts'
import type { Codec } from './codec.ts'
import type { Frame } from './frame.ts'
import { frameAt } from './walk-frames.ts'

/** Compressed bytes on their way. */
export interface EncodedStream {
  /** Buffers of any size, each its own. */
  readonly encoded: AsyncIterable<Buffer>
  /** What errors call it; the offsets in them count from the beginning of the stream. */
  readonly name: string
  readonly codec: Codec
  readonly signal?: AbortSignal | undefined
}

/** Thrown to the walk when a frame goes on behind what has come so far; never seen outside. */
const NOT_YET = new Error('the rest has not come yet')

/** What has come and is not decoded. */
interface Window {
  /** Place of the first byte in the stream. */
  start: number
  bytes: Buffer
  ended: boolean
}

/** The walk passes over what is in a block, so it may know the end of a frame before that has come. */
const sourceOf = ({ start, bytes, ended }: Window, name: string): ByteSource => ({
  name,
  sizeBytes: ended ? start + bytes.length : Number.MAX_SAFE_INTEGER,
  read: (offset, lengthBytes) => {
    const from = offset - start
    if (from + lengthBytes > bytes.length && !ended) throw NOT_YET
    return bytes.subarray(from, from + lengthBytes)
  },
})

/** Undefined when more has to come, or when nothing is left. */
const firstFrame = (window: Window, { name, codec }: EncodedStream): Frame | undefined => {
  if (window.bytes.length === 0) return undefined
  try {
    const frame = frameAt(sourceOf(window, name), codec, window.start, frameLimits)
    return frame.compressedBytes <= window.bytes.length ? frame : undefined
  } catch (error) {
    if (error === NOT_YET) return undefined
    throw error
  }
}

/** Whole frames, each with its bytes. */
async function* cutFrames(stream: EncodedStream): AsyncGenerator<readonly [Frame, Buffer]> {
  const window: Window = { start: 0, bytes: Buffer.alloc(0), ended: false }
  const cut = function* (): Generator<readonly [Frame, Buffer]> {
    for (
      let frame = firstFrame(window, stream);
      frame !== undefined;
      frame = firstFrame(window, stream)
    ) {
      yield [frame, window.bytes.subarray(0, frame.compressedBytes)]
      window.bytes = window.bytes.subarray(frame.compressedBytes)
      window.start += frame.compressedBytes
    }
  }
  let waiting: Buffer[] = []
  let waitingBytes = 0
  for await (const bytes of stream.encoded) {
    requireNotCancelled(stream.name, stream.signal)
    waiting.push(bytes)
    waitingBytes += bytes.length
    // A large frame must not be copied for every piece of it that comes.
    if (waitingBytes < window.bytes.length / 2) continue
    window.bytes = Buffer.concat([window.bytes, ...waiting])
    waiting = []
    waitingBytes = 0
    yield* cut()
  }
  window.bytes = Buffer.concat([window.bytes, ...waiting])
  window.ended = true
  yield* cut()
}

/**
 * The content, decoded with the addons, one frame ahead of the reader; a frame is held in memory
 * whole. Throws INTEGRITY for what is not a row of whole frames, CANCELLED. What was cut between two
 * frames passes: only the sum of what is yielded can tell.
 */
export async function* decodeStream(stream: EncodedStream): AsyncGenerator<Buffer> {
  const { name: source, codec } = stream
  let ahead: Promise<Buffer> | undefined
  try {
    for await (const [frame, bytes] of cutFrames(stream)) {
      const ready = await ahead
      ahead = decodeOne({ source, codec }, frame, bytes)
      // Awaited in the next round, or below; until then it must not count as unhandled.
      ahead.catch(() => undefined)
      if (ready !== undefined) yield ready
    }
    const last = await ahead
    if (last !== undefined) yield last
  } finally {
    await ahead?.catch(() => undefined)
  }
}
