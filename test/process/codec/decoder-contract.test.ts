// One suite for every decoder: whatever is done to a file, it is decoded to exactly its content or
// refused, and a refusal leaves nothing behind.

import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { DecodeRequest } from '../../../src/codec/decoder.ts'
import {
  lz4Frame,
  sampleContent,
  skippableFrame,
  zstdFrame,
  zstdZeros,
} from '../../unit/codec/frame-bytes.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { adapters, type Adapter } from './adapters.ts'

const scratch = useScratchDir()
const names = { zstd: 't.ibd.zstd', lz4: 't.ibd.lz4' }
const sourceOf = ({ codec }: Adapter) => scratch(names[codec])
const destination = () => scratch('t.ibd')

const decode = (adapter: Adapter, bytes: Buffer, more: Partial<DecodeRequest> = {}) => {
  const { decoder, codec } = adapter
  const source = sourceOf(adapter)
  writeFileSync(source, bytes)
  return decoder.decodeFile({ source, destination: destination(), codec, ...more })
}

/** Decodes what must be refused; the destination must be gone. */
const refusalOf = async (adapter: Adapter, bytes: Buffer, more: Partial<DecodeRequest> = {}) => {
  const error = await failureOf(decode(adapter, bytes, more))
  expect(error).toMatchObject({ code: 'INTEGRITY', details: { file: sourceOf(adapter) } })
  expect(error.message).toContain(sourceOf(adapter))
  expect(existsSync(destination())).toBe(false)
  return error
}

/** A frame as GreatSQL writes it. */
const frameOf = async ({ codec }: Adapter, content: Buffer) =>
  codec === 'zstd' ? zstdFrame(content) : lz4Frame(content)
const framesOf = async (adapter: Adapter, contents: readonly Buffer[]) =>
  Promise.all(contents.map((content) => frameOf(adapter, content)))

const contents = [sampleContent(40_000, 1), sampleContent(200_000, 2), sampleContent(30_000, 3)]
const whole = Buffer.concat(contents)

describe.each(adapters)('$title: a sound file', (adapter) => {
  const { codec, available } = adapter
  const test = it.skipIf(!available)

  test('of nothing becomes a file of nothing', async () => {
    const result = await decode(adapter, Buffer.alloc(0), { expectedBytes: 0 })
    expect(result).toEqual({ bytes: 0, frames: 0, framesWithoutChecksum: 0 })
    expect(readFileSync(destination())).toHaveLength(0)
  })

  test('of several frames is decoded whole, with the mode that mysqld uses', async () => {
    const umask = process.umask(0o077)
    const frames = await framesOf(adapter, contents)
    const result = await decode(adapter, Buffer.concat(frames), { expectedBytes: whole.length })
    process.umask(umask)
    expect(result).toEqual({ bytes: whole.length, frames: 3, framesWithoutChecksum: 0 })
    expect(readFileSync(destination()).equals(whole)).toBe(true)
    expect(statSync(destination()).mode & 0o777).toBe(0o640)
    expect(readFileSync(sourceOf(adapter))).toHaveLength(Buffer.concat(frames).length)
  })

  test('of two hundred frames of all sizes keeps their order', async () => {
    const many = Array.from({ length: 200 }, (_, n) => sampleContent((n * 7919) % 90_001, n + 1))
    const result = await decode(adapter, Buffer.concat(await framesOf(adapter, many)))
    expect(result).toMatchObject({ frames: 200, bytes: Buffer.concat(many).length })
    expect(readFileSync(destination()).equals(Buffer.concat(many))).toBe(true)
  })

  test('may hold frames of nothing', async () => {
    const frames = await framesOf(adapter, [Buffer.alloc(0), contents[0]!, Buffer.alloc(0)])
    expect(await decode(adapter, Buffer.concat(frames))).toMatchObject({ bytes: 40_000, frames: 3 })
  })

  test('needs neither declared sizes nor checksums, and then says so', async () => {
    const bare = { checksum: false, declared: false }
    const frame = codec === 'zstd' ? await zstdFrame(whole, bare) : lz4Frame(whole, bare)
    const result = await decode(adapter, Buffer.concat([frame, frame]))
    expect(result).toEqual({ bytes: 2 * whole.length, frames: 2, framesWithoutChecksum: 2 })
    expect(readFileSync(destination()).subarray(whole.length).equals(whole)).toBe(true)
  })

  test('may use every kind of block', async () => {
    const zeros = Buffer.alloc(700_000)
    const large = sampleContent(9_000_000)
    const variants: readonly (readonly [Buffer, Buffer])[] =
      codec === 'zstd'
        ? [
            [large, await zstdFrame(large, { blocks: 'raw', declared: true })],
            [zeros, await zstdFrame(zeros, { blocks: 'rle', declared: true })],
          ]
        : [4, 5, 6, 7].flatMap((blockCode) => [
            [large, lz4Frame(large, { blockCode })],
            [large, lz4Frame(large, { blockCode, blocks: 'raw', blockChecksums: true })],
          ])
    for (const [index, [content, frame]] of variants.entries()) {
      const to = scratch(`variant-${index}`)
      await decode(adapter, frame, { destination: to, expectedBytes: content.length })
      expect(readFileSync(to).equals(content)).toBe(true)
    }
  })
})

/** Where the parts of the second of three frames begin: cuts and flips are made in all of them. */
const regionsOf = ({ codec }: Adapter, frames: readonly Buffer[]) => {
  const [first, second] = [frames[0]!, frames[1]!]
  const header = codec === 'zstd' ? 6 : 15
  const start = first.length
  return {
    magic: start,
    header: start + 4,
    blockHeader: start + header,
    block: start + header + 20,
    checksum: start + second.length - 4,
    end: start + second.length,
  }
}

describe.each(adapters)('$title: a file that was cut', (adapter) => {
  const { available } = adapter
  const test = it.skipIf(!available)

  test('inside any part of a frame is refused, and the frame is named', async () => {
    const frames = await framesOf(adapter, contents)
    const file = Buffer.concat(frames)
    const { magic, header, blockHeader, block, checksum, end } = regionsOf(adapter, frames)
    for (const at of [magic + 1, header, header + 1, blockHeader + 1, block, checksum, end - 1]) {
      const error = await refusalOf(adapter, file.subarray(0, at))
      expect(error.details['offset']).toBe(magic)
      expect(error.message).toContain(`ends at byte ${at}, inside the frame that begins`)
    }
  })

  test('between two frames is found by the expected size, and by nothing else', async () => {
    const frames = await framesOf(adapter, contents)
    const cut = Buffer.concat(frames.slice(0, 2))
    const error = await refusalOf(adapter, cut, { expectedBytes: whole.length })
    expect(error.message).toMatch(/bytes of content, expected 270000 bytes/)
    expect(await decode(adapter, cut)).toMatchObject({ bytes: 240_000, frames: 2 })
  })

  test('to nothing is found by the expected size', async () => {
    const error = await refusalOf(adapter, Buffer.alloc(0), { expectedBytes: 1 })
    expect(error.message).toContain('frames for 0 bytes of content, expected 1 bytes')
  })

  test('or grew by a frame is found by the expected size', async () => {
    const frames = await framesOf(adapter, [...contents, contents[0]!])
    const error = await refusalOf(adapter, Buffer.concat(frames), { expectedBytes: whole.length })
    expect(error.message).toMatch(/310000 bytes of content, expected 270000 bytes/)
  })
})

describe.each(adapters)('$title: a damaged file', (adapter) => {
  const { codec, available } = adapter
  const test = it.skipIf(!available)

  test('is refused or decoded to its true content, whichever bit is flipped', async () => {
    const frames = await framesOf(adapter, contents)
    const file = Buffer.concat(frames)
    const { magic, block, checksum, end } = regionsOf(adapter, frames)
    // Starting a program for each takes long; the bytes of headers and trailers get all the care.
    const inside = adapter.decoder.name === 'addons' ? 97 : 2999
    const places = [
      ...Array.from({ length: block - magic }, (_, n) => magic + n),
      ...Array.from({ length: 60 }, (_, n) => block + 1 + n * inside).filter((at) => at < checksum),
      ...Array.from({ length: end - checksum + 4 }, (_, n) => checksum - 4 + n),
    ]
    let refused = 0
    for (const at of places) {
      const flipped = Buffer.from(file)
      flipped[at] = flipped[at]! ^ (1 << (at % 8))
      const to = scratch(`flip-${at}`)
      const outcome = await decode(adapter, flipped, { destination: to }).catch(
        (error: unknown) => error,
      )
      if (existsSync(to)) expect(readFileSync(to).equals(whole), `byte ${at}`).toBe(true)
      else expect(outcome, `byte ${at}`).toMatchObject({ code: 'INTEGRITY' })
      refused += existsSync(to) ? 0 : 1
    }
    // A bit that says nothing may be flipped: the unused one of zstd, or more window than needed.
    expect(refused).toBeGreaterThan(places.length - 4)
  })

  test('names the frame whose content fails its checksum', async () => {
    const frames = await framesOf(adapter, contents)
    const file = Buffer.concat(frames)
    const { checksum } = regionsOf(adapter, frames)
    file[checksum] = file[checksum]! ^ 0xff
    const error = await refusalOf(adapter, file)
    if (adapter.decoder.name === 'addons') expect(error.details['offset']).toBe(frames[0]!.length)
    expect(error.message).toMatch(/checksum/i)
  })

  test.each([1, 2, 3, 4, 100, 70_000])(
    'with %i bytes of junk behind it is refused',
    async (bytes) => {
      for (const junk of [sampleContent(bytes, 9), Buffer.alloc(bytes)]) {
        const sound = Buffer.concat(await framesOf(adapter, contents))
        const error = await refusalOf(adapter, Buffer.concat([sound, junk]))
        expect(error.details['offset']).toBe(sound.length)
      }
    },
  )

  test('that is no frame at all is refused before anything is made', async () => {
    const error = await refusalOf(adapter, Buffer.from('CLON and a page of something'))
    expect(error.message).toContain(
      `expected a frame of ${codec} at byte 0, found the bytes 434c4f4e`,
    )
  })

  test('of the other format is refused', async () => {
    const other = codec === 'zstd' ? lz4Frame(whole) : await zstdFrame(whole)
    expect((await refusalOf(adapter, other)).message).toMatch(/found an? (?:zstd|lz4) frame/)
  })

  test('with a skippable frame anywhere is refused, for its bytes would be lost', async () => {
    const frames = await framesOf(adapter, contents)
    for (let at = 0; at <= frames.length; at++) {
      const file = Buffer.concat(frames.toSpliced(at, 0, skippableFrame(Buffer.from('pages'))))
      expect((await refusalOf(adapter, file)).message).toContain('a skippable frame')
    }
  })

  test('that declares another size than it has is refused', async () => {
    for (const declares of [whole.length - 1, whole.length + 1]) {
      const frame =
        codec === 'zstd' ? await zstdFrame(whole, { declares }) : lz4Frame(whole, { declares })
      await refusalOf(adapter, frame)
    }
  })

  test('is not found out where a frame has no checksum and its size stays', async () => {
    const bare = { checksum: false, blocks: 'raw' } as const
    const frame = codec === 'zstd' ? await zstdFrame(whole, bare) : lz4Frame(whole, bare)
    frame[frame.length - 1000] = frame[frame.length - 1000]! ^ 0xff
    const result = await decode(adapter, frame, { expectedBytes: whole.length })
    expect(result.framesWithoutChecksum).toBe(1)
    expect(readFileSync(destination()).equals(whole)).toBe(false)
  })
})

describe.each(adapters)('$title: decoding', (adapter) => {
  const { codec, decoder, available } = adapter
  const test = it.skipIf(!available)

  test('writes over nothing', async () => {
    writeFileSync(destination(), 'precious')
    const error = await failureOf(decode(adapter, await frameOf(adapter, whole)))
    expect(error).toMatchObject({ code: 'PATH_NOT_EMPTY', details: { path: destination() } })
    expect(readFileSync(destination(), 'utf8')).toBe('precious')
  })

  test('says that a source is missing', async () => {
    const source = scratch('lost.zstd')
    const work = decoder.decodeFile({ source, destination: destination(), codec })
    expect((await failureOf(work)).message).toBe(`${source}: the file is missing`)
    expect(existsSync(destination())).toBe(false)
  })

  test('leaves nothing behind when it is cancelled before or on the way', async () => {
    const frame = await frameOf(adapter, sampleContent(524_288))
    const file = Buffer.concat(Array<Buffer>(300).fill(frame))
    const early = failureOf(decode(adapter, file, { signal: AbortSignal.abort() }))
    expect((await early).code).toBe('CANCELLED')
    const abort = new AbortController()
    const work = failureOf(decode(adapter, file, { signal: abort.signal }))
    while (!existsSync(destination())) await new Promise((resolve) => setImmediate(resolve))
    abort.abort()
    expect((await work).code).toBe('CANCELLED')
    expect(existsSync(destination())).toBe(false)
  })

  const ofZstd = it.skipIf(!available || codec !== 'zstd')
  ofZstd('takes frames up to its limit only, and says what would take more', async () => {
    const huge = await refusalOf(adapter, zstdZeros(3 * 2 ** 30))
    expect(huge.message).toContain(
      'declares 3221225472 bytes of content, expected at most 2048 MiB',
    )
    const large = 257 * 1024 * 1024
    if (decoder.name === 'addons') {
      const error = await refusalOf(adapter, zstdZeros(large))
      expect(error.message).toContain('expected at most 256 MiB')
      expect(error.hint).toContain('Install the programs zstd and lz4')
    } else {
      expect(await decode(adapter, zstdZeros(large))).toMatchObject({ bytes: large })
    }
  })

  test('does several files at once', async () => {
    const frames = await framesOf(adapter, contents)
    const sources = contents.map((_, n) => scratch(`${n}.${codec}`))
    sources.forEach((source, n) => writeFileSync(source, Buffer.concat([frames[n]!, frames[n]!])))
    const jobs = sources.map((source) =>
      decoder.decodeFile({ source, destination: `${source}.out`, codec }),
    )
    await Promise.all(jobs)
    sources.forEach((source, n) => {
      const expected = Buffer.concat([contents[n]!, contents[n]!])
      expect(readFileSync(`${source}.out`).equals(expected)).toBe(true)
    })
  })

  test('looks at a file of more than 2 GiB without reading it', async () => {
    // Frames of 128 MiB of stored zeros; only their headers take space on the disk.
    const blockBytes = 4 * 1024 * 1024
    const [header, blocks] = [Buffer.from(lz4Frame(Buffer.alloc(0), { blockCode: 7 })), 32]
    header.writeBigUInt64LE(BigInt(blocks * blockBytes), 6)
    const frameBytes = 15 + blocks * (blockBytes + 4) + 8
    const fd = openSync(scratch('large.lz4'), 'w')
    for (let frame = 0; frame < 20; frame++) {
      writeSync(fd, header, 0, 15, frame * frameBytes)
      for (let block = 0; block < blocks; block++) {
        const at = frame * frameBytes + 15 + block * (blockBytes + 4)
        writeSync(fd, Buffer.from([0, 0, 0x40, 0x80]), 0, 4, at)
      }
    }
    closeSync(fd)
    truncateSync(scratch('large.lz4'), 20 * frameBytes - 1)
    const job = { source: scratch('large.lz4'), destination: destination(), codec: 'lz4' } as const
    const error = await failureOf(decoder.decodeFile(job))
    expect(error.details).toMatchObject({ offset: 19 * frameBytes })
    truncateSync(scratch('large.lz4'), 20 * frameBytes)
    const sized = await failureOf(decoder.decodeFile({ ...job, expectedBytes: 1 }))
    expect(sized.message).toContain(`frames for ${20 * blocks * blockBytes} bytes of content`)
  })
})
