// A part of a long row of bytes that is in memory and moves forward: over a file, where what is not
// looked at is never read, or over a stream, where it comes by all the same.
import type { FileHandle } from 'node:fs/promises'

export interface ByteWindow {
  /** What is in memory; good until the next call of load or skipTo. */
  readonly bytes: Buffer
  /** Place of its first byte. */
  readonly start: number
  /** Place behind its last byte. */
  readonly end: number
  /** How far the bytes are known to go: to the end of a file, to `end` in a stream. */
  readonly known: number
  /**
   * Moves on, until `count` bytes from `place` on are in memory or all there are. A place before
   * `start` is never asked for.
   */
  load(place: number, count: number): Promise<void>
  /** Whether there are bytes up to this place; those before it need not be in memory any more. */
  skipTo(place: number): Promise<boolean>
}

/** Read at once; large enough that small events cost few reads, small enough to skip big ones. */
const blockBytes = 256 * 1024

const nothing: Buffer = Buffer.alloc(0)

/** Over the first `size` bytes of a file. */
export const fileWindow = (file: FileHandle, size: number): ByteWindow => {
  let memory = Buffer.allocUnsafe(Math.min(blockBytes, size))
  const window = {
    bytes: nothing,
    start: 0,
    end: 0,
    known: size,
    load: async (place: number, count: number) => {
      const wanted = Math.min(Math.max(count, blockBytes), Math.max(0, size - place))
      if (memory.length < wanted) memory = Buffer.allocUnsafe(wanted)
      const { bytesRead } = await file.read(memory, 0, wanted, place)
      window.bytes = memory.subarray(0, bytesRead)
      window.start = place
      window.end = place + bytesRead
    },
    skipTo: (place: number) => Promise.resolve(place <= size),
  }
  return window
}

/** Over blocks of any size, each of them good until the next is asked for. */
export const streamWindow = (blocks: AsyncIterator<Buffer>): ByteWindow => {
  const window = {
    bytes: nothing,
    start: 0,
    end: 0,
    get known() {
      return window.end
    },
    load: async (place: number, count: number) => {
      await window.skipTo(place)
      // Where everything before the place is gone, its block may be kept as it is.
      const kept = window.bytes.subarray(Math.max(0, place - window.start))
      const parts = [kept]
      let held = kept.length
      while (held < count) {
        parts.push(Buffer.from(parts.pop() ?? nothing))
        const next = await blocks.next()
        if (next.done) break
        parts.push(next.value)
        held += next.value.length
      }
      window.start = Math.min(place, window.end)
      window.bytes = parts.length === 1 ? (parts[0] ?? nothing) : Buffer.concat(parts, held)
      window.end = window.start + held
    },
    skipTo: async (place: number) => {
      while (window.end < place) {
        const next = await blocks.next()
        if (next.done) return false
        window.bytes = next.value
        window.start = window.end
        window.end += next.value.length
      }
      return true
    },
  }
  return window
}
