import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readBasePageMap } from '../../../src/clone/base-page-map.ts'
import { scanFile, type ScanJob, type ScanResult } from '../../../src/clone/scan-file.ts'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { PAGES_PER_CHUNK } from '../../../src/repository/page-map-format.ts'
import { createPageMap } from '../../../src/repository/page-map-writer.ts'
import { readDelta } from '../../../src/restore/delta-reader.ts'
import { pageOf, tablespaceBytes } from '../../fakes/tablespace.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const base = () => backupPathsAt(scratch('base'))

const scan = (job: Partial<ScanJob> = {}, emit = (_: Uint8Array): void => undefined) =>
  scanFile({ file: scratch('a.ibd'), path: 't/a.ibd', ...job }, emit)

/** Scans the file as it is, and keeps its hashes as a base. */
const scanAsBase = async (): Promise<ScanResult> => {
  await using pagemap = await createPageMap(scratch('pagemap'))
  const result = await scan({}, (chunk) => {
    pagemap.add('t/a.ibd', chunk)
  })
  const { spaceId, physicalPageSize: pageBytes, pages } = result.tablespace!
  await pagemap.finish([{ path: 't/a.ibd', spaceId, pageBytes, pages }])
  return result
}

const compare = async (path = 't/a.ibd'): Promise<ScanResult> => {
  const pages = await readBasePageMap({ ...base(), pagemap: scratch('pagemap') })
  return scan({ ...pages.compareWith(scratch())(path), delta: scratch('delta') })
}

const storedPages = async (pageBytes: number): Promise<readonly number[]> => {
  const pages: number[] = []
  for await (const { pageNumber } of readDelta(scratch('delta'), pageBytes)) pages.push(pageNumber)
  return pages
}

describe('scanFile', () => {
  it('digests a file, and says what tablespace it is', async () => {
    const bytes = tablespaceBytes({ spaceId: 7, pageBytes: 8192, pages: [1, 0, 3] })
    writeFileSync(scratch('a.ibd'), bytes)
    expect(await scan()).toEqual({
      sizeBytes: 3 * 8192,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      tablespace: {
        spaceId: 7,
        flags: 4 << 6,
        logicalPageSize: 8192,
        physicalPageSize: 8192,
        zipPageSize: 0,
        pages: 3,
      },
      delta: undefined,
    })
  })

  it.each([
    [
      'a name that tablespaces do not have',
      'ib_buffer_pool',
      tablespaceBytes({ spaceId: 7, pageBytes: 4096, pages: [1] }),
    ],
    ['no page 0', 't/a.ibd', Buffer.alloc(32_768)],
    [
      'a torn last page',
      't/a.ibd',
      tablespaceBytes({ spaceId: 7, pageBytes: 4096, pages: [1, 2] }).subarray(0, 8191),
    ],
    ['fewer bytes than a header', 't/a.ibd', Buffer.from('short')],
    ['nothing in it', 't/a.ibd', Buffer.alloc(0)],
  ])('takes a file with %s for no tablespace, and makes no delta of it', async (_, path, bytes) => {
    writeFileSync(scratch('a.ibd'), bytes)
    expect(await scan({ path, delta: scratch('delta') })).toEqual({
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      tablespace: undefined,
      delta: undefined,
    })
    expect(existsSync(scratch('delta'))).toBe(false)
  })

  it('digests the delta as it lies on disk', async () => {
    writeFileSync(
      scratch('a.ibd'),
      tablespaceBytes({ spaceId: 7, pageBytes: 4096, pages: [1, 0, 2] }),
    )
    const { delta } = await scan({ delta: scratch('delta') })
    const stored = readFileSync(scratch('delta'))
    expect(delta).toEqual({
      sizeBytes: stored.length,
      sha256: createHash('sha256').update(stored).digest('hex'),
      pages: 2,
      fresh: true,
    })
    expect(await storedPages(4096)).toEqual([0, 2])
  })
})

describe('a comparison with the base', () => {
  const write = (spaceId: number, pageBytes: number, pages: readonly number[]): void => {
    writeFileSync(scratch('a.ibd'), tablespaceBytes({ spaceId, pageBytes, pages }))
  }

  it('finds nothing in a file that did not change', async () => {
    write(7, 4096, [1, 0, 2])
    await scanAsBase()
    expect((await compare()).delta).toMatchObject({ pages: 0, sizeBytes: 0, fresh: false })
  })

  it('finds pages that changed, became zero, or came behind the end', async () => {
    write(7, 4096, [1, 2, 3, 0])
    await scanAsBase()
    write(7, 4096, [1, 4, 0, 5, 0, 6])
    expect((await compare()).delta).toMatchObject({ pages: 4, fresh: false })
    expect(await storedPages(4096)).toEqual([1, 2, 3, 5])
  })

  it.each([
    ['under this path another tablespace was', 8, 4096, 't/a.ibd'],
    ['the pages had another size', 7, 8192, 't/a.ibd'],
    ['nothing was under this path', 7, 4096, 't/b.ibd'],
  ])('keeps every page that is not zero when %s', async (_, spaceId, pageBytes, path) => {
    write(7, 4096, [1, 2, 3, 0])
    await scanAsBase()
    write(spaceId, pageBytes, [1, 2, 0, 0])
    expect((await compare(path)).delta).toMatchObject({ pages: 2, fresh: true })
    expect(await storedPages(pageBytes)).toEqual([0, 1])
  })

  it('is refused when the base is damaged', async () => {
    write(7, 4096, [1, 2, 3, 0])
    await scanAsBase()
    const bytes = readFileSync(scratch('pagemap'))
    bytes.fill(0, 0, 8)
    writeFileSync(scratch('pagemap'), bytes)
    expect((await failureOf(compare())).code).toBe('INTEGRITY')
  })
})

describe('a tablespace of more than one chunk of hashes', () => {
  const P = 1024
  const put = (page: number, value: number): void => {
    const file = openSync(scratch('a.ibd'), 'r+')
    writeSync(file, pageOf(P, 7, page, value), 0, P, page * P)
    closeSync(file)
  }

  it('is compared across the chunks, and behind the end of the base', async () => {
    writeFileSync(scratch('a.ibd'), pageOf(P, 7, 0, 1))
    truncateSync(scratch('a.ibd'), (PAGES_PER_CHUNK + 5) * P)
    for (const page of [1, PAGES_PER_CHUNK - 1, PAGES_PER_CHUNK, PAGES_PER_CHUNK + 4]) put(page, 1)
    expect((await scanAsBase()).tablespace?.pages).toBe(PAGES_PER_CHUNK + 5)

    truncateSync(scratch('a.ibd'), (PAGES_PER_CHUNK + 8) * P)
    const changed = [
      2,
      PAGES_PER_CHUNK - 1,
      PAGES_PER_CHUNK,
      PAGES_PER_CHUNK + 3,
      PAGES_PER_CHUNK + 6,
    ]
    for (const page of changed) put(page, 2)
    expect((await compare()).delta).toMatchObject({ pages: changed.length, fresh: false })
    expect(await storedPages(P)).toEqual(changed)
  })

  it('is compared when the base ended exactly with a chunk', async () => {
    writeFileSync(scratch('a.ibd'), pageOf(P, 7, 0, 1))
    truncateSync(scratch('a.ibd'), PAGES_PER_CHUNK * P)
    await scanAsBase()
    truncateSync(scratch('a.ibd'), (PAGES_PER_CHUNK + 2) * P)
    put(PAGES_PER_CHUNK + 1, 9)
    expect((await compare()).delta).toMatchObject({ pages: 1, fresh: false })
    expect(await storedPages(P)).toEqual([PAGES_PER_CHUNK + 1])
  })
})
