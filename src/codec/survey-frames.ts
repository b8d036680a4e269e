// A look at every frame of a file before one is decoded: proves that the file is a row of whole
// frames, and says how much they hold.

import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { ByteSource } from './byte-source.ts'
import { requireNotCancelled } from './cancelled.ts'
import type { Codec } from './codec.ts'
import { walkFrames, weightOf, type FrameLimits } from './walk-frames.ts'

/** What the headers of a file say. */
export interface Survey {
  readonly frames: number
  /** Bytes when decoded; undefined when a frame does not declare its size. */
  readonly contentBytes: number | undefined
  /** The file cannot hold more than that. */
  readonly contentAtMost: number
  /** Of these, the content is taken on trust. */
  readonly framesWithoutChecksum: number
  /** Of the largest frame, compressed or not, whichever is more. */
  readonly largestFrameBytes: number
}

/** The walk reads synchronously; this is how long it may keep everybody else waiting. */
const SLICE_MS = 20

/** Walks the whole file. Throws as `walkFrames` does, and CANCELLED. */
export const surveyFrames = async (
  source: ByteSource,
  codec: Codec,
  limits: FrameLimits,
  signal?: AbortSignal,
): Promise<Survey> => {
  const sum = { frames: 0, declared: 0, sized: 0, atMost: 0, unchecked: 0, largest: 0 }
  let sliceEnd = performance.now() + SLICE_MS
  for (const frame of walkFrames(source, codec, limits)) {
    sum.frames += 1
    sum.declared += frame.contentBytes ?? 0
    sum.sized += frame.contentBytes === undefined ? 0 : 1
    sum.atMost += frame.contentBytes ?? frame.contentAtMost
    sum.unchecked += frame.checksummed ? 0 : 1
    sum.largest = Math.max(sum.largest, weightOf(frame))
    if (performance.now() < sliceEnd) continue
    await letOthersRun()
    requireNotCancelled(source.name, signal)
    sliceEnd = performance.now() + SLICE_MS
  }
  return {
    frames: sum.frames,
    contentBytes: sum.sized === sum.frames ? sum.declared : undefined,
    contentAtMost: sum.atMost,
    framesWithoutChecksum: sum.unchecked,
    largestFrameBytes: sum.largest,
  }
}
