import { compress, decompress } from '@mongodb-js/zstd'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { declareLz4Size, declareZstdSize } from '../../../src/codec/sized-frame.ts'
import { sampleContent } from './frame-bytes.ts'
import { xxh32 } from './xxhash.ts'

const sizes = [1, 5, 1000, 65_536, 70_000, 524_288, 5_000_000]

describe('the content size', () => {
  it.each(sizes)(
    'of %i bytes is put into an lz4 frame, whose header stays sound',
    async (bytes) => {
      const content = sampleContent(bytes)
      const plain = await compressFrame(content, { contentChecksum: true })
      const frame = Buffer.concat(declareLz4Size(plain, bytes))
      expect(frame.subarray(0, 5).toString('hex')).toBe('04224d186c')
      expect(frame.readBigUInt64LE(6)).toBe(BigInt(bytes))
      expect(frame[14]).toBe((xxh32(frame.subarray(4, 14)) >>> 8) & 0xff)
      expect(frame.readUInt32LE(frame.length - 4)).toBe(xxh32(content))
      expect((await decompressFrame(frame)).equals(content)).toBe(true)
    },
  )

  it.each(sizes)('of %i bytes is put into a zstd frame', async (bytes) => {
    const content = sampleContent(bytes)
    const frame = Buffer.concat(declareZstdSize(await compress(content), bytes))
    expect(frame.subarray(0, 5).toString('hex')).toBe('28b52ffd80')
    expect(frame.readUInt32LE(6)).toBe(bytes)
    expect((await decompress(frame)).equals(content)).toBe(true)
  })

  it('that is wrong does not pass the decoders', async () => {
    const content = sampleContent(1000)
    const zstd = Buffer.concat(declareZstdSize(await compress(content), 999))
    await expect(decompress(zstd)).rejects.toThrow()
    const plain = await compressFrame(content, { contentChecksum: true })
    const lz4 = Buffer.concat(declareLz4Size(plain, 999))
    await expect(decompressFrame(lz4)).rejects.toThrow()
  })

  it('goes into no frame that begins otherwise than the addon begins them', async () => {
    const sized = Buffer.concat(declareZstdSize(await compress(Buffer.from('a')), 1))
    expect(() => declareZstdSize(sized, 1)).toThrow('begins a zstd frame with 0x80, expected 0x0')
    const plain = await compressFrame('a', { contentChecksum: false })
    expect(() => declareLz4Size(plain, 1)).toThrow('begins an lz4 frame with 0x60, expected 0x64')
  })
})
