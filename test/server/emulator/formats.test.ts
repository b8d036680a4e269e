// The emulator's formats against GreatSQL's texts, byte for byte, and against other programs.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decompress } from '@mongodb-js/zstd'
import { decompressFrame } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { makeScratchDirectory } from '../../bed/scratch-directory.ts'
import { deltaName } from '../../greatsql-emulator/formats/backup-names.ts'
import {
  formatCheckpoints,
  parseCheckpoints,
} from '../../greatsql-emulator/formats/clone-checkpoints.ts'
import {
  deltaSegments,
  NotADelta,
  parseDeltaName,
  readDelta,
  segmentCapacity,
} from '../../greatsql-emulator/formats/delta.ts'
import { blockSizeCode, lz4Frame } from '../../greatsql-emulator/formats/lz4-frame.ts'
import { formatMeta, parseMeta } from '../../greatsql-emulator/formats/meta.ts'
import { formatViewProgress } from '../../greatsql-emulator/formats/view-progress.ts'
import {
  formatStockViewStatus,
  formatViewStatus,
  parseViewStatus,
} from '../../greatsql-emulator/formats/view-status.ts'
import { xxh32 } from '../../greatsql-emulator/formats/xxh32.ts'
import { xxh64 } from '../../greatsql-emulator/formats/xxh64.ts'
import { zstdFrame } from '../../greatsql-emulator/formats/zstd-frame.ts'

const pageSize = 4096

const encode = async (pageNumbers: readonly number[]): Promise<Buffer> => {
  const image = (pageNumber: number): Buffer => Buffer.alloc(pageSize, pageNumber % 251)
  const segments: Buffer[] = []
  const read = (pageNumber: number) => Promise.resolve({ pageNumber, image: image(pageNumber) })
  for await (const segment of deltaSegments(pageNumbers, pageSize, read)) segments.push(segment)
  return Buffer.concat(segments)
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n * 3)

describe('a delta', () => {
  it('of one page is an index block and the page', async () => {
    const bytes = await encode([7])
    expect(bytes).toHaveLength(2 * pageSize)
    expect(bytes.subarray(0, 12).toString('hex')).toBe('434c4f4e00000007ffffffff')
    expect(bytes.subarray(12, pageSize).every((byte) => byte === 0)).toBe(true)
  })

  it('of no page has no bytes', async () => {
    expect(await encode([])).toHaveLength(0)
    expect(readDelta(Buffer.alloc(0), pageSize)).toEqual([])
  })

  it.each([
    ['a full segment has no terminator', segmentCapacity(pageSize), 1],
    ['one page more makes another segment', segmentCapacity(pageSize) + 1, 2],
    ['three segments', 2 * segmentCapacity(pageSize) + 5, 3],
  ])('%s', async (_, count, segments) => {
    const numbers = range(count)
    const bytes = await encode(numbers)
    expect(bytes).toHaveLength((count + segments) * pageSize)
    const pages = readDelta(bytes, pageSize)
    expect(pages.map((page) => page.pageNumber)).toEqual(numbers)
    expect(pages.every(({ pageNumber, image }) => image[9] === pageNumber % 251)).toBe(true)
    expect(bytes.subarray(0, 4).toString('latin1')).toBe(segments === 1 ? 'CLON' : 'clon')
  })

  it('is not one without its magic', async () => {
    const bytes = await encode([1])
    bytes[0] = 0
    expect(() => readDelta(bytes, pageSize)).toThrow(NotADelta)
  })

  it('must be full where another segment follows', async () => {
    const bytes = await encode([1])
    bytes.write('clon', 'latin1')
    expect(() => readDelta(bytes, pageSize)).toThrow('followed by another')
  })

  it('has its task number at the very end of its name', () => {
    expect(deltaName('t/a.ibd', 'zstd', 3)).toBe('t/a.ibd.delta.zstd3')
    expect(deltaName('ibdata1', 'none')).toBe('ibdata1.delta')
    expect(parseDeltaName('t/a.ibd.delta12')).toEqual({ base: 't/a.ibd', task: 12 })
    expect(parseDeltaName('t/a.ibd.meta')).toBeUndefined()
  })
})

describe('the texts', () => {
  const lsns = { startLsn: 0n, pageTrackLsn: 21635197273n, endLsn: 21635237128n }

  it('of .meta are the four lines', () => {
    const ibdata = { spaceId: 0, flags: 18432, pageSize: 16384, zipSize: 0, sizeInPages: 768 }
    const text = 'page_size = 16384\nzip_size = 0\nspace_id = 0\nspace_flags = 18432\n'
    expect(formatMeta(ibdata)).toBe(text)
    expect(text).toHaveLength(64)
    expect(parseMeta('space_id = 5x\nfoo = bar\nzip_size=0\npage_size  =8192')).toEqual({
      pageSize: 8192,
      zipSize: undefined,
      spaceId: 5,
      spaceFlags: undefined,
    })
  })

  it('of #clone_checkpoints are the three lines', () => {
    const text = 'start_lsn = 0\npage_track_lsn = 21635197273\nend_lsn = 21635237128\n'
    expect(formatCheckpoints(lsns)).toBe(text)
    expect(parseCheckpoints(text)).toEqual(lsns)
    expect(parseCheckpoints('start_lsn = 0\nend_lsn = 1\npage_track_lsn = 1\n')).toBeUndefined()
    expect(parseCheckpoints('start_lsn = 0\npage_track_lsn = 2')).toBeUndefined()
  })

  it('of #view_status have GreatSQL’s line of LSNs, which MySQL has not', () => {
    const view = {
      state: 2,
      id: 3,
      beginMicros: 1718678368214000n,
      endMicros: 1718678382980000n,
      source: 'LOCAL INSTANCE',
      errorNumber: 0,
      errorMessage: '',
      ...lsns,
      binlogFile: '',
      binlogPosition: 0n,
      gtidExecuted: '',
    }
    const text =
      '2 3\n1718678368214000 1718678382980000\nLOCAL INSTANCE\n0\n\n' +
      '0 21635197273 21635237128\n\n0\n\n'
    expect(formatViewStatus(view)).toBe(text)
    expect(parseViewStatus(text)).toEqual(view)
    expect(formatStockViewStatus(view)).toBe(
      '2 3\n1718678368214000 1718678382980000\nLOCAL INSTANCE\n0\n\n\n0\n\n',
    )
  })

  it('of #view_progress say that what runs has failed', () => {
    const stage = {
      state: 1,
      threads: 1,
      beginMicros: 5n,
      endMicros: 0n,
      estimate: 100n,
      complete: 7n,
      network: 0n,
    }
    expect(formatViewProgress({ id: 4, stages: [stage, { ...stage, state: 0 }] })).toBe(
      '4\n3 1 5 0 100 7 0\n0 1 5 0 100 7 0\n',
    )
  })
})

const contents = [
  Buffer.from('a'),
  Buffer.alloc(255, 'b'),
  Buffer.alloc(131_072, 'c'),
  Buffer.alloc(131_073, 'hello world '),
  Buffer.alloc(512 * 1024),
  randomBytes(300_001),
  Buffer.alloc(3_000_001, 'page after page '),
]

const installed = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What a program makes of many frames in one file. */
const decodeWith = async (program: string, frames: readonly Buffer[]): Promise<Buffer> => {
  await using scratch = await makeScratchDirectory()
  const file = join(scratch.path, 'frames')
  writeFileSync(file, Buffer.concat(frames))
  return execFileSync(program, ['-d', '-c', file], { maxBuffer: 1 << 28 })
}

describe('a zstd frame', () => {
  it('is read by the addon, and has checksum and no content size above one call', async () => {
    for (const content of contents) {
      const frame = await zstdFrame(content)
      const descriptor = frame[4] ?? 0
      expect(descriptor & 0x04, 'the checksum flag').toBe(4)
      if (content.length > 131_072) expect(descriptor).toBe(0x04)
      expect((await decompress(frame)).equals(content)).toBe(true)
    }
  })

  it('with a flipped bit in its checksum is refused', async () => {
    const frame = Buffer.from(await zstdFrame(Buffer.alloc(1000, 'x')))
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1
    await expect(decompress(frame)).rejects.toThrow()
  })

  it.skipIf(!installed('zstd'))('is read by zstd -d among others', async () => {
    const frames = await Promise.all(contents.map(zstdFrame))
    expect((await decodeWith('zstd', frames)).equals(Buffer.concat(contents))).toBe(true)
  })

  it('has the hash of the xxHash specification', () => {
    expect(xxh64(Buffer.from('')).toString(16)).toBe('ef46db3751d8e999')
    expect(xxh64(Buffer.from('abc')).toString(16)).toBe('44bc2cf5ad770999')
    expect(xxh32(Buffer.from('abc')).toString(16)).toBe('32d153ff')
  })
})

describe('an LZ4 frame', () => {
  it('begins with the header that GreatSQL writes', async () => {
    const frame = await lz4Frame(Buffer.alloc(1000, 'x'), 65_536)
    expect(frame.subarray(0, 14).toString('hex')).toBe('04224d186c40e803000000000000')
  })

  it.each([1024, 65_536, 262_144, 1_048_576, 4_194_304])(
    'with chunks of %i bytes is read by the addon',
    async (chunk) => {
      for (const content of contents) {
        expect((await decompressFrame(await lz4Frame(content, chunk))).equals(content)).toBe(true)
      }
    },
  )

  it.skipIf(!installed('lz4'))('is read by lz4 -d among others', async () => {
    const frames = await Promise.all(contents.map((content) => lz4Frame(content, 65_536)))
    expect((await decodeWith('lz4', frames)).equals(Buffer.concat(contents))).toBe(true)
  })

  it('has a wrong block size code a little above 1 MiB, and none above 4 MiB', async () => {
    expect(blockSizeCode(1_048_576)).toBe(6)
    expect(blockSizeCode(1_232_896)).toBe(6)
    expect(blockSizeCode(1_232_897)).toBe(7)
    await expect(lz4Frame(Buffer.alloc(10), 4_194_305)).rejects.toThrow('too large')
  })
})
