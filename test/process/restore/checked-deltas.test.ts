import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { checkDeltas } from '../../../src/restore/checked-deltas.ts'
import { readDelta } from '../../../src/restore/delta-reader.ts'
import { type MadeDirectory, makeDirectory, PAGE_BYTES } from '../../fakes/greatsql-directory.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const file = (path: string): string => scratch('increment', path)

const check = (isDatadir = false) =>
  checkDeltas({
    directory: scratch('increment'),
    pageBytes: PAGE_BYTES,
    isDatadir,
    owner: SELF,
    parallel: 2,
    signal: new AbortController().signal,
  })

const increment: MadeDirectory = {
  deltas: {
    ibdata1: { spaceId: 0, pages: [] },
    't/a.ibd': {
      spaceId: 7,
      pages: [
        [1, 5],
        [3, 6],
      ],
    },
  },
}

const make = (made: MadeDirectory = increment): void => makeDirectory(scratch('increment'), made)

const edit = (path: string, at: number, value: number): void => {
  const bytes = readFileSync(file(path))
  bytes.writeUInt32BE(value, at)
  writeFileSync(file(path), bytes)
}

const editMeta = (from: string, to: string): void =>
  writeFileSync(file('t/a.ibd.meta'), readFileSync(file('t/a.ibd.meta'), 'utf8').replace(from, to))

const delta = 't/a.ibd.delta'

describe('an increment that is about to be applied', () => {
  it('is read to the end of every delta', async () => {
    make()
    const found = await check()
    expect(found.map(({ tablespace, summary }) => [tablespace, summary])).toEqual([
      ['ibdata1', { pages: 0, endPage: 0, raw: false }],
      ['t/a.ibd', { pages: 2, endPage: 4, raw: false }],
    ])
  })

  const faults: readonly (readonly [string, () => void, RegExp])[] = [
    ['a missing delta', () => rmSync(file(delta)), /t\/a\.ibd\.delta is missing/],
    ['a missing .meta', () => rmSync(file('t/a.ibd.meta')), /t\/a\.ibd\.meta is missing/],
    ['a delta cut off within a page', () => truncateSync(file(delta), 9000), /ends within a page/],
    [
      'a delta cut off after a page',
      () => truncateSync(file(delta), 2 * PAGE_BYTES),
      /1 pages of its index are missing/,
    ],
    ['a wrong magic', () => edit(delta, 0, 0x12345678), /does not begin like a delta/],
    [
      'pages of another tablespace',
      () => editMeta('space_id = 7', 'space_id = 8'),
      /a page of tablespace 7, its \.meta names 8/,
    ],
    ['a page with another number', () => edit(delta, 4, 2), /page 1 where its index lists 2/],
    [
      'another page size',
      () => editMeta('page_size = 4096', 'page_size = 16384'),
      /t\/a\.ibd\.meta says page_size = 16384, the server has 4096/,
    ],
    [
      'a compressed row format',
      () => editMeta('zip_size = 0', 'zip_size = 2048'),
      /t\/a\.ibd has ROW_FORMAT=COMPRESSED/,
    ],
    [
      'a compressed row format in the flags',
      () => editMeta('space_flags = 192', 'space_flags = 194'),
      /t\/a\.ibd has ROW_FORMAT=COMPRESSED/,
    ],
    [
      'a .meta that says nothing',
      () => writeFileSync(file('t/a.ibd.meta'), ''),
      /page_size is missing/,
    ],
    [
      'a delta that is still compressed',
      () => renameSync(file(delta), file(`${delta}.zstd`)),
      /t\/a\.ibd\.delta\.zstd is still compressed/,
    ],
    [
      'a numbered delta that is still compressed',
      () => writeFileSync(file(`${delta}.lz43`), ''),
      /t\/a\.ibd\.delta\.lz43 is still compressed/,
    ],
    [
      'an encrypted delta',
      () => renameSync(file(delta), file(`${delta}.xbcrypt`)),
      /t\/a\.ibd\.delta\.xbcrypt is still encrypted/,
    ],
    ['no redo log', () => rmSync(file('#innodb_redo/#ib_redo0')), /there is no redo log/],
    ['a whole table', () => writeFileSync(file('t/b.ibd'), ''), /t\/b\.ibd is a whole tablespace/],
    [
      'a delta deeper than the server looks',
      () => {
        mkdirSync(file('t/deep'))
        renameSync(file(delta), file('t/deep/a.ibd.delta'))
        renameSync(file('t/a.ibd.meta'), file('t/deep/a.ibd.meta'))
      },
      /t\/deep\/a\.ibd\.delta lies deeper/,
    ],
    [
      'two tables of one id',
      () => {
        writeFileSync(file('t/b.ibd.delta'), '')
        writeFileSync(file('t/b.ibd.meta'), readFileSync(file('t/a.ibd.meta')))
      },
      /have the same space_id 7/,
    ],
  ]
  it.each(faults)('is refused for %s', async (_, damage, message) => {
    make()
    damage()
    const error = await failureOf(check())
    expect(error).toMatchObject({ code: 'INTEGRITY', exitCode: 21 })
    expect(error.message).toMatch(message)
  })

  it('tells everything that is wrong with it at once', async () => {
    make()
    rmSync(file(delta))
    rmSync(file('ibdata1.meta'))
    rmSync(file('#innodb_redo/#ib_redo0'))
    expect((await failureOf(check())).details['problems']).toEqual([
      'there is no redo log in #innodb_redo',
      'ibdata1.meta is missing',
      't/a.ibd.delta is missing',
    ])
  })
})

const numbersIn = async (path: string) => {
  const pages: (readonly [number, number])[] = []
  const image = Buffer.alloc(PAGE_BYTES)
  for await (const page of readDelta(path, PAGE_BYTES)) {
    await page.readInto(image)
    pages.push([page.pageNumber, image.readUInt32BE(PAGE_BYTES - 4)])
  }
  return pages.sort(([a], [b]) => a - b)
}

describe('deltas that several tasks wrote for one table', () => {
  it('become one', async () => {
    make({
      deltas: {
        't/a.ibd': {
          spaceId: 7,
          pages: [[1, 5]],
          parts: {
            1: [],
            3: [
              [4, 6],
              [2, 7],
            ],
          },
        },
      },
    })
    const [only] = await check()
    expect(only).toMatchObject({ file: file(delta), summary: { pages: 3, endPage: 5 } })
    expect(await numbersIn(file(delta))).toEqual([
      [1, 5],
      [2, 7],
      [4, 6],
    ])
    expect(readdirSync(file('t')).sort()).toEqual(['a.ibd.delta', 'a.ibd.meta'])
  })

  it('become valid segments, however many pages there are', async () => {
    const pages = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => [first + index, 1 + index] as const)
    make({
      deltas: { 't/a.ibd': { spaceId: 7, pages: pages(0, 1023), parts: { 2: pages(5000, 1023) } } },
    })
    const [only] = await check()
    expect(only?.summary.pages).toBe(2046)
    expect(await numbersIn(file(delta))).toEqual([...pages(0, 1023), ...pages(5000, 1023)])
  })

  it('keep the newest of a page that comes twice', async () => {
    make({
      deltas: {
        't/a.ibd': {
          spaceId: 7,
          pages: [
            [1, 5],
            [2, 6],
          ],
          parts: { 1: [[2, 7]], 2: [[2, 8]] },
        },
      },
    })
    // FIL_PAGE_LSN of the page that task 1 wrote.
    edit('t/a.ibd.delta1', PAGE_BYTES + 20, 900)
    edit('t/a.ibd.delta2', PAGE_BYTES + 20, 800)
    expect((await check())[0]?.summary.pages).toBe(2)
    expect(await numbersIn(file(delta))).toEqual([
      [1, 5],
      [2, 7],
    ])
  })

  it('are one without the first, too', async () => {
    make({ deltas: { 't/a.ibd': { spaceId: 7, pages: [], parts: { 4: [[2, 7]] } } } })
    rmSync(file(delta))
    expect((await check())[0]).toMatchObject({ file: file(delta), summary: { pages: 1 } })
    expect(readdirSync(file('t')).sort()).toEqual(['a.ibd.delta', 'a.ibd.meta'])
  })

  it('are merged again after a run that was killed between merging and removing', async () => {
    make({
      deltas: {
        't/a.ibd': {
          spaceId: 7,
          pages: [
            [1, 5],
            [2, 7],
          ],
          parts: { 4: [[2, 7]] },
        },
      },
    })
    writeFileSync(file('t/a.ibd.delta.01234567-89ab-cdef-0123-456789abcdef.tmp'), 'half of it')
    await check()
    expect(await numbersIn(file(delta))).toEqual([
      [1, 5],
      [2, 7],
    ])
    expect(readdirSync(file('t')).sort()).toEqual(['a.ibd.delta', 'a.ibd.meta'])
  })
})
