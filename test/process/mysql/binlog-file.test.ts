import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scanBinlog, type BinlogEvent, type ScanOptions } from '../../../src/mysql/binlog-file.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'
import { binlogBytes, eventHeader, gtidBody, magic } from './binlog-bytes.ts'

let scratch: ScratchDirectory
let path: string

const events = async (options?: ScanOptions): Promise<readonly BinlogEvent[]> => {
  const found = []
  for await (const event of scanBinlog(path, options)) found.push(event)
  return found
}

beforeAll(async () => {
  scratch = await makeScratchDirectory()
  path = join(scratch.path, 'binlog.000001')
})
afterAll(() => scratch[Symbol.asyncDispose]())

describe('scanBinlog', () => {
  it('tells type, time and place of every event', async () => {
    const body = gtidBody(9, 1795169314616020n)
    await writeFile(path, binlogBytes({ type: 15 }, { type: 33, body, seconds: 5 }, { type: 16 }))
    expect(await events()).toEqual([
      {
        type: 15,
        timestampSeconds: 1_700_000_000,
        serverId: 7,
        flags: 0,
        position: 4,
        nextPosition: 27,
        sizeBytes: 23,
        // Of an event that describes the file.
        body: Buffer.alloc(4),
      },
      expect.objectContaining({
        type: 33,
        timestampSeconds: 5,
        position: 27,
        nextPosition: 106,
        gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:9',
        commitTimeMicros: 1795169314616020n,
      }),
      expect.objectContaining({ type: 16, position: 106, nextPosition: 129 }),
    ])
  })

  it('can begin at an event in the middle', async () => {
    expect((await events({ from: 27 })).map(({ type }) => type)).toEqual([33, 16])
  })

  it('finds a GTID event that lies across two blocks, and skips large bodies', async () => {
    const block = 256 * 1024
    const before = { type: 30, body: Buffer.alloc(block - 19 - 4 - 30) }
    const large = { type: 30, body: Buffer.alloc(3 * block) }
    const body = gtidBody(1, 1700000000000001n)
    await writeFile(path, binlogBytes(before, { type: 33, body }, large, { type: 33, body }))
    const found = await events()
    expect(found.map(({ type }) => type)).toEqual([30, 33, 30, 33])
    expect(found.map((event) => event.commitTimeMicros)).toEqual([
      undefined,
      1700000000000001n,
      undefined,
      1700000000000001n,
    ])
  })

  it('follows positions beyond 4 GiB', async () => {
    const size = 3 * 2 ** 30
    await using file = await open(path, 'w')
    await file.write(magic)
    for (const position of [4, 4 + size])
      await file.write(eventHeader({ type: 30 }, size, position), 0, 19, position)
    await file.truncate(4 + 2 * size)
    expect((await events()).map(({ nextPosition }) => nextPosition)).toEqual([
      4 + size,
      4 + 2 * size,
    ])
  })

  it('has nothing to tell of a file that was only begun', async () => {
    await writeFile(path, magic)
    expect(await events()).toEqual([])
    await writeFile(path, magic.subarray(0, 2))
    expect(await events({ open: true })).toEqual([])
  })

  it.each([
    [30, 'within the header'],
    [50, 'within the body'],
  ])('reports an event cut off after %i bytes (%s), unless the file is open', async (length) => {
    await writeFile(
      path,
      binlogBytes({ type: 15 }, { type: 2, body: Buffer.alloc(40) }).subarray(0, length),
    )
    await expect(events()).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining(`the file of ${length} bytes ends within the event`),
      details: { path, position: 27 },
    })
    expect((await events({ open: true })).map(({ type }) => type)).toEqual([15])
  })

  it('refuses what is no binlog', async () => {
    await writeFile(path, 'This is text, and nothing else.')
    await expect(events()).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('no binlog magic number'),
    })
    await writeFile(path, '')
    await expect(events()).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('says of an encrypted binlog that it is one', async () => {
    await writeFile(path, Buffer.from('fd62696e0102', 'hex'))
    await expect(events()).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('encrypted'),
      hint: expect.stringContaining('--binlog-server'),
    })
  })

  it.each([
    ['a size smaller than its header', { sizeBytes: 3 }],
    ['an end elsewhere', { endPosition: 99 }],
  ])('refuses an event with %s', async (_name, wrong) => {
    const bytes = binlogBytes({ type: 15 }, { type: 2, ...wrong })
    if ('sizeBytes' in wrong) bytes.writeUInt32LE(3, 27 + 9)
    await writeFile(path, bytes)
    await expect(events({ open: true })).rejects.toMatchObject({
      code: 'INTEGRITY',
      details: { position: 27 },
    })
  })

  it('fails for a file that is not there', async () => {
    path = join(scratch.path, 'missing')
    await expect(events()).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
