import { describe, expect, it } from 'vitest'
import { surveyFrames } from '../../../src/codec/survey-frames.ts'
import { bufferSource } from './byte-sources.ts'
import { lz4Frame, sampleContent, zstdFrame } from './frame-bytes.ts'

const limits = { frameBytes: 2 ** 28 }
const content = sampleContent(200_000)

describe('the survey of a file', () => {
  it('adds up what the frames declare', async () => {
    const frames = [lz4Frame(content), lz4Frame(content, { checksum: false }), lz4Frame(content)]
    const source = bufferSource(Buffer.concat(frames))
    expect(await surveyFrames(source, 'lz4', limits)).toEqual({
      frames: 3,
      contentBytes: 600_000,
      contentAtMost: 600_000,
      framesWithoutChecksum: 1,
      largestFrameBytes: 200_000,
    })
  })

  it('knows only a bound when one frame does not declare its size', async () => {
    const frames = [await zstdFrame(content, { declared: true }), await zstdFrame(content)]
    const survey = await surveyFrames(bufferSource(Buffer.concat(frames)), 'zstd', limits)
    expect(survey.contentBytes).toBeUndefined()
    expect(survey.contentAtMost).toBe(200_000 + 2 * 131_072)
  })

  it('finds nothing in an empty file', async () => {
    expect(await surveyFrames(bufferSource(Buffer.alloc(0)), 'zstd', limits)).toEqual({
      frames: 0,
      contentBytes: 0,
      contentAtMost: 0,
      framesWithoutChecksum: 0,
      largestFrameBytes: 0,
    })
  })

  it('lets others run while it walks a long file, and can be cancelled then', async () => {
    const abort = new AbortController()
    const frame = lz4Frame(Buffer.alloc(0))
    const many = bufferSource(Buffer.concat(Array<Buffer>(400_000).fill(frame)))
    setImmediate(() => abort.abort())
    const survey = surveyFrames(many, 'lz4', limits, abort.signal)
    await expect(survey).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
