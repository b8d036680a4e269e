import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodeIndexBlock } from '../../../src/innodb/delta-segment.ts'
import { comparePages } from '../../../src/restore/compare-pages.ts'
import { writePages } from '../../../src/restore/write-pages.ts'
import { deltaBytes, type MadePage, PAGE_BYTES } from '../../fakes/greatsql-directory.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const FIL_PAGE_COMPRESSED = 14

const scratch = useScratchDir()
const job = () => ({ delta: scratch('delta'), pageBytes: PAGE_BYTES, target: scratch('table') })

const make = (pages: readonly MadePage[], fileBytes = 0): void => {
  writeFileSync(scratch('delta'), deltaBytes(7, pages))
  writeFileSync(scratch('table'), Buffer.alloc(fileBytes))
}

const edit = (name: string, change: (bytes: Buffer) => void): void => {
  const bytes = readFileSync(scratch(name))
  change(bytes)
  writeFileSync(scratch(name), bytes)
}

const scattered: readonly MadePage[] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [9, 4],
  [4, 5],
  [5, 6],
  [300, 7],
]

describe('pages of a delta', () => {
  it('are what was written, in runs and alone', async () => {
    make(scattered)
    expect(await writePages(job())).toBe(7)
    expect(await comparePages(job())).toEqual({ pages: 7, differing: [] })
  })

  it.each([
    [1, PAGE_BYTES],
    [2, 3 * PAGE_BYTES - 1],
    [300, 300 * PAGE_BYTES + 77],
  ])('are told from others: page %i', async (page, at) => {
    make(scattered)
    await writePages(job())
    edit('table', (bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at))
    expect((await comparePages(job())).differing).toEqual([page])
  })

  it('are missing where the file is too short', async () => {
    make(scattered, 2 * PAGE_BYTES)
    expect((await comparePages(job())).differing).toEqual([0, 1, 2, 9, 4, 5, 300])
  })

  it('stay as they came last when one comes twice', async () => {
    make([
      [1, 5],
      [2, 6],
      [1, 7],
    ])
    await writePages(job())
    expect(await comparePages(job())).toEqual({ pages: 3, differing: [] })
    expect(readFileSync(scratch('table')).readUInt32BE(2 * PAGE_BYTES - 4)).toBe(7)
    writeFileSync(
      scratch('delta'),
      deltaBytes(7, [
        [1, 7],
        [1, 5],
      ]),
    )
    expect((await comparePages(job())).differing).toEqual([1])
  })

  it('become holes behind what a compressed page says, and may stay whole', async () => {
    const pageBytes = 16_384
    const page = Buffer.alloc(pageBytes, 7)
    page.writeUInt16BE(FIL_PAGE_COMPRESSED, 24)
    page.writeUInt16BE(100, 32)
    writeFileSync(scratch('delta'), Buffer.concat([encodeIndexBlock([0], pageBytes, true), page]))
    writeFileSync(scratch('table'), '')
    const wide = { ...job(), pageBytes }
    await writePages(wide)
    const { blksize } = statSync(scratch('table'))
    const written = readFileSync(scratch('table'))
    expect(written.subarray(0, blksize).equals(page.subarray(0, blksize))).toBe(true)
    expect(written.subarray(blksize).equals(Buffer.alloc(pageBytes - blksize))).toBe(true)
    expect((await comparePages(wide)).differing).toEqual([])
    writeFileSync(scratch('table'), page)
    expect((await comparePages(wide)).differing).toEqual([])
    edit('table', (bytes) => bytes.writeUInt8(9, blksize + 5))
    expect((await comparePages(wide)).differing).toEqual([0])
  })

  it('that are none are not compared', async () => {
    make([], PAGE_BYTES)
    expect(await comparePages({ ...job(), delta: undefined })).toEqual({ pages: 0, differing: [] })
  })
})
