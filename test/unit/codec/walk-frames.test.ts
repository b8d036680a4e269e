import { describe, expect, it } from 'vitest'
import type { Codec } from '../../../src/codec/codec.ts'
import { walkFrames } from '../../../src/codec/walk-frames.ts'
import { refusalOf } from '../../fakes/refusal.ts'
import { bufferSource, sparseSource } from './byte-sources.ts'
import { lz4Frame, sampleContent, skippableFrame, zstdFrame } from './frame-bytes.ts'

const limits = { frameBytes: 256 * 1024 * 1024 }
const walk = (codec: Codec, bytes: Buffer, frameBytes = limits.frameBytes) => [
  ...walkFrames(bufferSource(bytes, 't.ibd.delta'), codec, { frameBytes }),
]
const refusal = (codec: Codec, bytes: Buffer, frameBytes = limits.frameBytes) => {
  const error = refusalOf(() => walk(codec, bytes, frameBytes))
  expect(error).toMatchObject({ code: 'INTEGRITY', details: { file: 't.ibd.delta' } })
  expect(error.message).toContain('t.ibd.delta: ')
  return error
}
const content = sampleContent(300_000)
const frameOf = async (codec: Codec, bytes = content) =>
  codec === 'zstd' ? zstdFrame(bytes, { declared: true }) : lz4Frame(bytes)
const both = ['zstd', 'lz4'] as const

describe.each(both)('the walk over %s frames', (codec) => {
  it('finds nothing in an empty file', () => {
    expect(walk(codec, Buffer.alloc(0))).toEqual([])
  })

  it('finds every frame, where it lies and what it holds', async () => {
    const sizes = [300_000, 1, 70_000, 131_072]
    const frames = await Promise.all(sizes.map((size) => frameOf(codec, sampleContent(size))))
    const found = walk(codec, Buffer.concat(frames))
    expect(found.map(({ contentBytes }) => contentBytes)).toEqual(sizes)
    expect(found.map(({ compressedBytes }) => compressedBytes)).toEqual(
      frames.map(({ length }) => length),
    )
    let offset = 0
    for (const [index, frame] of frames.entries()) {
      expect(found[index]).toMatchObject({ offset, checksummed: true })
      offset += frame.length
    }
  })

  it('reads headers and leaves the rest alone', async () => {
    const frame = await frameOf(codec, sampleContent(4_000_000))
    const source = bufferSource(Buffer.concat([frame, frame]))
    expect([...walkFrames(source, codec, limits)]).toHaveLength(2)
    expect(source.bytesRead()).toBeLessThan(1500)
  })

  it('refuses a file that ends anywhere inside a frame, and names the frame', async () => {
    const frame = await frameOf(codec, sampleContent(20_000))
    for (let cut = 1; cut < frame.length; cut += cut < 40 ? 1 : 97) {
      const error = refusal(codec, Buffer.concat([frame, frame.subarray(0, frame.length - cut)]))
      expect(error.details['offset']).toBe(frame.length)
      expect(error.message).toContain(
        `the file ends at byte ${2 * frame.length - cut}, inside the frame that begins at byte ${frame.length}`,
      )
    }
  })

  it('cannot see a file that ends between two frames', async () => {
    const frame = await frameOf(codec)
    expect(walk(codec, Buffer.concat([frame, frame]).subarray(0, frame.length))).toHaveLength(1)
  })

  it.each([
    [
      'the other format',
      async () => frameOf(codec === 'zstd' ? 'lz4' : 'zstd'),
      /found an? \w+ frame/,
    ],
    [
      'a skippable frame',
      async () => skippableFrame(Buffer.from('hello')),
      /found a skippable frame/,
    ],
    ['a legacy lz4 frame', async () => Buffer.from('02214c18ffffffff', 'hex'), /legacy lz4 format/],
    ['anything else', async () => Buffer.from('not a frame'), /found the bytes 6e6f7420/],
    ['zeros', async () => Buffer.alloc(4096), /found the bytes 00000000/],
  ])('refuses %s, alone or behind a frame', async (_, junk, message) => {
    const frame = await frameOf(codec)
    const alone = refusal(codec, await junk())
    expect(alone.message).toMatch(message)
    expect(alone.hint).toContain('uncompressed under such a name')
    const behind = refusal(codec, Buffer.concat([frame, await junk(), frame]))
    expect(behind.message).toMatch(message)
    expect(behind.details['offset']).toBe(frame.length)
  })

  it('refuses a frame beyond the limit, by its compressed bytes or by what it declares', async () => {
    const frame = await frameOf(codec, sampleContent(3_000_000))
    expect(refusal(codec, frame, 2 ** 20).message).toContain('declares 3000000 bytes of content')
    const undeclared =
      codec === 'zstd'
        ? await zstdFrame(sampleContent(3_000_000))
        : lz4Frame(sampleContent(3_000_000), { declared: false })
    expect(refusal(codec, undeclared, 2 ** 19).message).toMatch(
      /compressed bytes, .*at most 0.5 MiB/,
    )
  })

  it('refuses a frame that declares more than its blocks can hold', async () => {
    const declares = 100_000_000
    const frame =
      codec === 'zstd' ? await zstdFrame(content, { declares }) : lz4Frame(content, { declares })
    expect(refusal(codec, frame).message).toContain('but its blocks hold at most')
  })
})

describe('the header of a zstd frame', () => {
  const header = (...bytes: readonly number[]) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes])
  const lastRaw = (size: number) => [(size << 3) | 1, (size << 3) >> 8, (size << 3) >> 16]
  const raw = (descriptor: readonly number[], size: number) =>
    Buffer.concat([header(...descriptor, ...lastRaw(size)), Buffer.alloc(size)])

  it.each([
    ['no content size', [0x00, 0x58], 10, undefined],
    ['one byte of it', [0x20, 200], 200, 200],
    ['two bytes, which count from 256', [0x60, 0x10, 0x00], 272, 272],
    ['four bytes', [0xa0, 0x00, 0x02, 0x00, 0x00], 512, 512],
    ['eight bytes', [0xe0, 0x00, 0x02, 0, 0, 0, 0, 0, 0], 512, 512],
    ['a window before it', [0x80, 0x58, 0x00, 0x02, 0x00, 0x00], 512, 512],
    ['a dictionary id of zero, which is none', [0xa1, 0x00, 0x00, 0x02, 0, 0], 512, 512],
    ['the unused bit, which says nothing', [0x10, 0x58], 10, undefined],
  ] as const)('is understood with %s', (_, descriptor, size, contentBytes) => {
    expect(walk('zstd', raw(descriptor, size))).toEqual([
      expect.objectContaining({ contentBytes, contentAtMost: size, checksummed: false }),
    ])
  })

  it.each([
    ['uses the reserved bit', [0x08, 0x58], /uses a reserved bit/],
    ['needs a dictionary', [0x03, 0x58, 0x39, 0x30, 0x00, 0x00], /needs the dictionary 12345/],
  ] as const)('is refused when it %s', (_, descriptor, message) => {
    expect(refusal('zstd', raw(descriptor, 10)).message).toMatch(message)
  })

  it('knows the three kinds of blocks, and refuses the reserved one', async () => {
    const zeros = Buffer.alloc(200_000)
    const rle = await zstdFrame(zeros, { blocks: 'rle' })
    expect(rle).toHaveLength(6 + 4 + 4 + 4)
    expect(walk('zstd', rle)[0]).toMatchObject({ contentAtMost: 200_000 })
    expect(walk('zstd', await zstdFrame(zeros, { blocks: 'raw' }))[0]?.contentAtMost).toBe(200_000)
    expect(walk('zstd', await zstdFrame(content))[0]?.contentAtMost).toBe(3 * 131_072)
    expect(refusal('zstd', header(0, 0x58, 0x57, 0, 0)).message).toContain('is reserved with 10')
  })

  it('refuses blocks larger than 128 KiB or than the window', () => {
    expect(refusal('zstd', header(0, 0x58, 0x09, 0x00, 0x10)).message).toContain('131073 bytes')
    expect(refusal('zstd', raw([0x20, 9], 10)).message).toContain('at most 9 bytes')
    const windowOf1K = [0x00, 0x00]
    expect(refusal('zstd', raw(windowOf1K, 1025)).message).toContain('at most 1024 bytes')
    expect(walk('zstd', raw([0x00, 0x01], 1152))).toHaveLength(1)
  })

  it('refuses a few bytes that stand for a terabyte', () => {
    const rle = Buffer.from([0x02, 0x00, 0x10, 0x00])
    const last = Buffer.from([0x01, 0x00, 0x00])
    const bomb = Buffer.concat([header(0, 0x58), ...Array<Buffer>(10_000).fill(rle), last])
    expect(refusal('zstd', bomb).message).toMatch(
      /can hold 1310720000 bytes of content and does not say how many/,
    )
  })
})

describe('the header of an lz4 frame', () => {
  it.each([
    [4, 65_536],
    [5, 262_144],
    [6, 1_048_576],
    [7, 4_194_304],
  ])('with block code %i has blocks of at most %i bytes', (blockCode, blockBytes) => {
    const many = sampleContent(5_000_000)
    const [frame] = walk('lz4', lz4Frame(many, { blockCode }))
    expect(frame?.contentBytes).toBe(5_000_000)
    expect(frame?.contentAtMost).toBe(Math.ceil(5_000_000 / blockBytes) * blockBytes)
    expect(walk('lz4', lz4Frame(many, { blockCode, blocks: 'raw' }))[0]?.contentAtMost).toBe(
      5_000_000,
    )
  })

  it('may leave out the checksum and the size, and may have a checksum for each block', () => {
    const traits = { checksum: false, declared: false, blockChecksums: true }
    const frame = lz4Frame(content, traits)
    expect(walk('lz4', Buffer.concat([frame, frame]))).toEqual([
      expect.objectContaining({ offset: 0, contentBytes: undefined, checksummed: false }),
      expect.objectContaining({ offset: frame.length, compressedBytes: frame.length }),
    ])
  })

  it.each([
    ['has another version', 4, 0xac, /has version 2/],
    ['uses the reserved bit of FLG', 4, 0x6e, /uses reserved bits/],
    ['needs a dictionary', 4, 0x6d, /needs a dictionary/],
    ['uses the reserved bits of BD', 5, 0xc0, /uses reserved bits/],
    ['has a block size below 64 KiB', 5, 0x30, /uses reserved bits/],
  ])('is refused when it %s', (_, at, value, message) => {
    const frame = lz4Frame(content)
    frame.writeUInt8(value, at)
    expect(refusal('lz4', frame).message).toMatch(message)
  })

  it('refuses a block larger than the header allows', () => {
    const frame = lz4Frame(content)
    frame.writeUInt32LE(65_537, 15)
    const error = refusal('lz4', frame)
    expect(error.message).toContain(
      'the lz4 block at byte 15 has 65537 bytes, expected at most 65536',
    )
  })
})

describe('a file of more than 2 GiB', () => {
  const BLOCK = 4 * 1024 * 1024
  const BLOCKS = 32
  const header = lz4Frame(Buffer.alloc(0), { blockCode: 7, declares: BLOCKS * BLOCK }).subarray(
    0,
    15,
  )
  const size = Buffer.from([0x00, 0x00, 0x40, 0x80])
  const frameBytes = 15 + BLOCKS * (4 + BLOCK) + 8

  /** Frames of 128 MiB of stored zeros. */
  const partsOf = (frames: number): ReadonlyMap<number, Buffer> => {
    const parts = new Map<number, Buffer>()
    for (let frame = 0; frame < frames; frame++) {
      const start = frame * frameBytes
      parts.set(start, header)
      for (let block = 0; block < BLOCKS; block++) parts.set(start + 15 + block * (4 + BLOCK), size)
    }
    return parts
  }

  it('is walked to its end', () => {
    const source = sparseSource(40 * frameBytes, partsOf(40))
    const frames = [...walkFrames(source, 'lz4', limits)]
    expect(frames).toHaveLength(40)
    expect(frames.at(-1)).toEqual({
      offset: 39 * frameBytes,
      compressedBytes: frameBytes,
      contentBytes: BLOCKS * BLOCK,
      contentAtMost: BLOCKS * BLOCK,
      checksummed: true,
    })
    expect(frames.at(-1)?.offset).toBeGreaterThan(2 ** 32)
  })

  it('is known to be cut by a single byte', () => {
    const source = sparseSource(40 * frameBytes - 1, partsOf(40))
    const error = refusalOf(() => [...walkFrames(source, 'lz4', limits)])
    expect(error.details).toEqual({ file: 't.ibd.lz4', offset: 39 * frameBytes })
  })
})
