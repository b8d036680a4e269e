// Bytes at any place of a file, as the frame walkers want them: a few here, a few there.

import { readSync } from 'node:fs'
import { damaged } from './damage.ts'

/** Something with bytes at offsets: a file, or in tests a buffer or a rule. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string
  readonly sizeBytes: number
  /**
   * The bytes at `offset`, fewer than `lengthBytes` only where the source ends. They may change
   * with the next call.
   */
  read(offset: number, lengthBytes: number): Buffer
}

/** A page: what follows a short block is often in it already. */
const WINDOW_BYTES = 4096

const fillFrom = (fd: number, window: Buffer, position: number): number => {
  for (let filled = 0; ;) {
    const bytes = readSync(fd, window, filled, window.length - filled, position + filled)
    filled += bytes
    if (bytes === 0 || filled === window.length) return filled
  }
}

/**
 * Reads from an open file through a window of 4 KiB. It reads synchronously: headers are tiny and
 * there are many, and a way through the thread pool takes ten times as long as the read itself.
 */
export const fileSource = (fd: number, name: string, sizeBytes: number): ByteSource => {
  const window = Buffer.allocUnsafeSlow(WINDOW_BYTES)
  let start = 0
  let filled = 0
  return {
    name,
    sizeBytes,
    read: (offset, lengthBytes) => {
      if (offset < start || offset + lengthBytes > start + filled) {
        filled = fillFrom(fd, window, offset)
        start = offset
      }
      return window.subarray(offset - start, Math.min(offset - start + lengthBytes, filled))
    },
  }
}

/** INTEGRITY: the source ends before the frame that begins at `frameOffset` does. */
export const cutShort = (source: ByteSource, frameOffset: number): Error =>
  damaged({
    file: source.name,
    offset: frameOffset,
    problem: `the file ends at byte ${source.sizeBytes}, inside the frame that begins at byte ${frameOffset}`,
  })

/** Reads all of `lengthBytes` at `offset`; throws `cutShort` where the source ends before. */
export const readExactly = (
  source: ByteSource,
  place: { readonly frameOffset: number; readonly offset: number; readonly lengthBytes: number },
): Buffer => {
  const bytes = source.read(place.offset, place.lengthBytes)
  if (bytes.length < place.lengthBytes) throw cutShort(source, place.frameOffset)
  return bytes
}
