import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchFrames } from '../../../src/codec/frame-batches.ts'
import type { Frame } from '../../../src/codec/frame.ts'

const MIB = 1024 * 1024
const framesOf = (sizes: readonly number[]): readonly Frame[] => {
  let offset = 0
  return sizes.map((compressedBytes) => {
    offset += compressedBytes
    const contentBytes = 3 * compressedBytes
    return {
      offset: offset - compressedBytes,
      compressedBytes,
      contentBytes,
      contentAtMost: contentBytes,
      checksummed: true,
    }
  })
}
const memoryOf = (batch: readonly Frame[]) =>
  batch.reduce((sum, frame) => sum + 4 * frame.compressedBytes, 0)

describe('batches of frames', () => {
  it('keep every frame in its order', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2 * MIB }), { maxLength: 200 })
    fc.assert(
      fc.property(sizes, (sizes) => {
        const frames = framesOf(sizes)
        expect([...batchFrames(frames)].flat()).toEqual(frames)
      }),
    )
  })

  it('hold at most 4 MiB and 64 frames, or one larger frame alone', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2 * MIB }), { maxLength: 200 })
    fc.assert(
      fc.property(sizes, (sizes) => {
        for (const batch of batchFrames(framesOf(sizes))) {
          expect(batch.length).toBeGreaterThan(0)
          expect(batch.length).toBeLessThanOrEqual(64)
          if (batch.length > 1) expect(memoryOf(batch)).toBeLessThanOrEqual(4 * MIB)
        }
      }),
    )
  })

  it('are as large as that allows', () => {
    const counts = [...batchFrames(framesOf(Array<number>(100).fill(128 * 1024)))]
    expect(counts.map(({ length }) => length)).toEqual([...Array<number>(12).fill(8), 4])
  })

  it('reckon with what a frame could hold when it does not say', () => {
    const frame = { offset: 0, compressedBytes: 10, contentBytes: undefined, checksummed: true }
    const large = { ...frame, contentAtMost: 3 * MIB }
    expect([...batchFrames([large, large])]).toHaveLength(2)
  })
})
