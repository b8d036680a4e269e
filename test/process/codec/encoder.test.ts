import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addonEncoder } from '../../../src/codec/addon-encoder.ts'
import { chooseEncoder } from '../../../src/codec/choose-encoder.ts'
import type { Codec } from '../../../src/codec/codec.ts'
import type { Encoder, EncodeRequest } from '../../../src/codec/encoder.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { lz4Frame, sampleContent } from '../../unit/codec/frame-bytes.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { access, adapters } from './adapters.ts'

const scratch = useScratchDir()
const CHUNK = 256 * 1024

interface Writer {
  readonly title: string
  readonly encoder: Encoder
  readonly codec: Codec
  readonly checksummed: boolean
  readonly available: boolean
}

const writers: readonly Writer[] = [
  {
    title: 'addons, zstd',
    encoder: addonEncoder,
    codec: 'zstd',
    checksummed: false,
    available: true,
  },
  { title: 'addons, lz4', encoder: addonEncoder, codec: 'lz4', checksummed: true, available: true },
  {
    title: 'programs, zstd',
    encoder: chooseEncoder(access),
    codec: 'zstd',
    checksummed: true,
    available: access.programs.zstd !== undefined,
  },
]

const encode = ({ encoder, codec }: Writer, content: Buffer, more: Partial<EncodeRequest> = {}) => {
  const source = scratch('t.ibd')
  writeFileSync(source, content)
  const job = { source, destination: scratch('packed'), codec, chunkBytes: CHUNK, parallel: 2 }
  return encoder.encodeFile({ ...job, ...more })
}

describe.each(writers)('$title: an encoded file', (writer) => {
  const { codec, checksummed, available } = writer
  const test = it.skipIf(!available)

  test.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 7 * CHUNK + 12_345])(
    'of %i bytes is read by every decoder, in frames of one chunk each',
    async (bytes) => {
      const content = sampleContent(bytes)
      const frames = Math.ceil(bytes / CHUNK)
      const result = await encode(writer, content)
      expect(result).toEqual({ bytes: statSync(scratch('packed')).size, frames, checksummed })
      for (const [index, { decoder }] of adapters
        .filter((adapter) => adapter.codec === codec && adapter.available)
        .entries()) {
        const job = { source: scratch('packed'), destination: scratch(`out-${index}`), codec }
        const decoded = await decoder.decodeFile({ ...job, expectedBytes: bytes })
        expect(decoded).toMatchObject({ frames, framesWithoutChecksum: checksummed ? 0 : frames })
        expect(readFileSync(job.destination).equals(content)).toBe(true)
      }
    },
  )

  test('has the mode that mysqld uses', async () => {
    await encode(writer, sampleContent(10))
    expect(statSync(scratch('packed')).mode & 0o777).toBe(0o640)
  })

  test('of nothing is nothing', async () => {
    expect(await encode(writer, Buffer.alloc(0))).toMatchObject({ bytes: 0, frames: 0 })
    expect(readFileSync(scratch('packed'))).toHaveLength(0)
  })

  test('is smaller, and the same whatever the number of processors', async () => {
    const content = sampleContent(5 * CHUNK)
    const { bytes } = await encode(writer, content)
    expect(bytes).toBeLessThan(content.length * 0.7)
    await encode(writer, content, { parallel: 1, destination: scratch('again') })
    expect(readFileSync(scratch('again')).equals(readFileSync(scratch('packed')))).toBe(true)
  })

  test('is not made where something is, nor from a file that is missing', async () => {
    writeFileSync(scratch('packed'), 'precious')
    expect(await failureOf(encode(writer, sampleContent(10)))).toMatchObject({
      code: 'PATH_NOT_EMPTY',
    })
    expect(readFileSync(scratch('packed'), 'utf8')).toBe('precious')
    const lost = { source: scratch('lost'), destination: scratch('new') }
    expect(await failureOf(encode(writer, Buffer.alloc(0), lost))).toMatchObject({
      code: 'INTEGRITY',
    })
    expect(existsSync(scratch('new'))).toBe(false)
  })

  test('is gone when the work was cancelled', async () => {
    const early = encode(writer, sampleContent(10), { signal: AbortSignal.abort() })
    expect((await failureOf(early)).code).toBe('CANCELLED')
    const abort = new AbortController()
    const work = failureOf(encode(writer, sampleContent(200 * CHUNK), { signal: abort.signal }))
    while (!existsSync(scratch('packed'))) await new Promise((resolve) => setImmediate(resolve))
    abort.abort()
    expect((await work).code).toBe('CANCELLED')
    expect(existsSync(scratch('packed'))).toBe(false)
  })

  test('cannot be asked for with senseless chunks', async () => {
    for (const senseless of [{ chunkBytes: 0 }, { chunkBytes: 2 ** 27 }, { parallel: 0 }]) {
      await expect(encode(writer, sampleContent(10), senseless)).rejects.toThrow(RangeError)
    }
  })
})

describe('frames of lz4', () => {
  it('begin with what GreatSQL writes', async () => {
    await encode(writers[1]!, sampleContent(CHUNK))
    const written = readFileSync(scratch('packed'))
    const greatsql = lz4Frame(sampleContent(CHUNK))
    expect(written.subarray(0, 5)).toEqual(greatsql.subarray(0, 5))
    expect(written.subarray(6, 14)).toEqual(greatsql.subarray(6, 14))
    expect(written.subarray(-8)).toEqual(greatsql.subarray(-8))
  })
})

describe('the level', () => {
  it('of the addons is fixed, and another one refused', async () => {
    expect(await encode(writers[0]!, sampleContent(10), { level: 3 })).toMatchObject({ frames: 1 })
    const refused = { level: 9, destination: scratch('refused') }
    const zstd = await failureOf(encode(writers[0]!, sampleContent(10), refused))
    expect(zstd.message).toBe('level 9 was asked for, but zstd has only level 3 here')
    const lz4 = await failureOf(encode(writers[1]!, sampleContent(10), refused))
    expect(lz4).toMatchObject({ code: 'CONFIG', hint: 'Leave it out.' })
    expect(existsSync(scratch('refused'))).toBe(false)
  })

  it.skipIf(access.programs.zstd === undefined)('of the program is heeded', async () => {
    const content = sampleContent(CHUNK)
    const fast = await encode(writers[2]!, content, { level: 1 })
    const small = await encode(writers[2]!, content, { level: 19, destination: scratch('small') })
    expect(small.bytes).toBeLessThan(fast.bytes)
    for (const level of [0, 20, 1.5]) {
      const refused = encode(writers[2]!, content, { level, destination: scratch('refused') })
      expect((await failureOf(refused)).message).toContain(
        `the zstd level is ${level}, expected 1 to 19`,
      )
    }
  })
})

describe('the choice of an encoder', () => {
  it('takes the addons where no program is installed', async () => {
    const run = () => Promise.reject(new Error('was run'))
    const encoder = chooseEncoder({ programs: { lz4: '/usr/bin/lz4' }, run })
    const writer = { ...writers[0]!, encoder }
    expect(await encode(writer, sampleContent(10))).toMatchObject({ checksummed: false })
    const lz4 = { codec: 'lz4', destination: scratch('lz4') } as const
    expect(await encode(writer, sampleContent(10), lz4)).toMatchObject({ checksummed: true })
  })

  it('does not believe a program that wrote too little', async () => {
    const encoder = chooseEncoder({ programs: { zstd: '/bin/true' }, run: () => Promise.resolve() })
    const error = await failureOf(encode({ ...writers[0]!, encoder }, sampleContent(10)))
    expect(error.message).toContain(
      '10 bytes were to be compressed, and frames for 0 bytes came out',
    )
    expect(existsSync(scratch('packed'))).toBe(false)
  })

  it('passes on how the program failed', async () => {
    const failed = new ClonectlError('PROCESS', 'zstd was killed by SIGKILL')
    const encoder = chooseEncoder({ programs: { zstd: '/x' }, run: () => Promise.reject(failed) })
    expect(await failureOf(encode({ ...writers[0]!, encoder }, sampleContent(10)))).toBe(failed)
    expect(existsSync(scratch('packed'))).toBe(false)
  })
})
