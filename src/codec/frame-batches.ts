// Frames that lie one after the other, as many as are worth one read.

import type { Frame } from './frame.ts'

const BATCH_BYTES = 4 * 1024 * 1024
/** A file of tiny frames must not become thousands of jobs at once. */
const BATCH_FRAMES = 64

const memoryOf = (frame: Frame): number =>
  frame.compressedBytes + (frame.contentBytes ?? frame.contentAtMost)

/**
 * Groups frames in their order: at most 64, and at most 4 MiB of compressed bytes and content
 * together, except that a single frame may be larger.
 */
export function* batchFrames(frames: Iterable<Frame>): Generator<readonly Frame[], void> {
  let batch: Frame[] = []
  let bytes = 0
  for (const frame of frames) {
    if (batch.length === BATCH_FRAMES || (bytes > 0 && bytes + memoryOf(frame) > BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(frame)
    bytes += memoryOf(frame)
  }
  if (batch.length > 0) yield batch
}
