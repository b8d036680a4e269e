import { describe, expect, it } from 'vitest'
import { compressFrameSync } from 'lz4-napi'
import { sampleContent } from './frame-bytes.ts'
import { xxh32, xxh64 } from './xxhash.ts'

describe('the hashes that the tests build frames with', () => {
  it('give the published values', () => {
    expect(xxh32(Buffer.alloc(0))).toBe(0x02cc5d05)
    expect(xxh32(Buffer.from('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f)
    expect(xxh64(Buffer.alloc(0))).toBe(0xef46db3751d8e999n)
    expect(xxh64(Buffer.from('Nobody inspects the spammish repetition'))).toBe(0xfbcea83c8a378bf1n)
  })

  it.each([0, 1, 15, 16, 17, 31, 100, 5000])('agree with the lz4 addon on %i bytes', (bytes) => {
    const content = sampleContent(bytes)
    const frame = compressFrameSync(content, { contentChecksum: true })
    expect(xxh32(content)).toBe(frame.readUInt32LE(frame.length - 4))
  })
})
