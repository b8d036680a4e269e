import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openCloneScan, type ScannedFile } from '../../../src/clone/clone-scan.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { readPageHashes } from '../../../src/repository/page-map-hashes.ts'
import { readPageMapIndex } from '../../../src/repository/page-map-reader.ts'
import { listTree } from '../../../src/system/file-tree.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { tablespaceBytes } from '../../fakes/tablespace.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

/** Paths in the order in which they were scanned. */
const scans = vi.hoisted((): string[] => [])

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return {
    createWorkerPool: (url: URL) => {
      const pool = createInProcessPool(url)
      const run: typeof pool.run = (job, options) => {
        scans.push((job as { readonly path: string }).path)
        return pool.run(job, options)
      }
      return { ...pool, run }
    },
  }
})

const scratch = useScratchDir()
const clone = (...parts: readonly string[]) => scratch('clone', ...parts)

const write = (path: string, ...pages: readonly number[]): void => {
  writeFileSync(clone(path), tablespaceBytes({ spaceId: 7, pageBytes: 4096, pages }))
}

beforeEach(() => {
  scans.length = 0
  mkdirSync(clone('t'), { recursive: true })
  write('t/a.ibd', 1, 2)
  write('t/b.ibd', 1, 2, 3)
  writeFileSync(clone('ib_buffer_pool'), '1,2\n')
})

const reporter = recordingReporter()
const open = (compare?: true, signal = new AbortController().signal) =>
  openCloneScan(
    { reporter, signal },
    {
      directory: clone(),
      pagemap: scratch('pagemap'),
      parallel: 2,
      ...(compare && {
        compare: (path: string) => ({ base: undefined, delta: scratch('data', `${path}.delta`) }),
      }),
    },
  )

const sizes = (files: readonly ScannedFile[]) =>
  files.map(({ path, sizeBytes }) => [path, sizeBytes])

const hashesOf = async (path: string): Promise<Buffer> => {
  const tablespace = (await readPageMapIndex(scratch('pagemap'))).get(path)!
  await using file = await openFile(scratch('pagemap'))
  return await readPageHashes(file, path, tablespace, 0)
}

/** Scans ahead until `meanwhile` is over. */
const scanWith = async (meanwhile: () => Promise<void>, compare?: true) => {
  await using scan = await open(compare)
  await scan.ahead(meanwhile())
  return await scan.finish((await listTree(clone())).files)
}

const untilScanned = (count: number) => expect.poll(() => scans.length).toBe(count)

describe('the scan of a clone', () => {
  it('goes through every file, largest first, and tells how far it is', async () => {
    await using scan = await open()
    const files = await scan.finish((await listTree(clone())).files)
    expect(sizes(files)).toEqual([
      ['ib_buffer_pool', 4],
      ['t/a.ibd', 8192],
      ['t/b.ibd', 12_288],
    ])
    expect(scans[0]).toBe('t/b.ibd')
    expect(reporter.stages.at(-1)).toEqual({
      label: 'hash pages',
      total: 20_484,
      done: 20_484,
      ended: true,
    })
  })

  it('leaves a pagemap of its tablespaces', async () => {
    await scanWith(async () => undefined)
    const index = await readPageMapIndex(scratch('pagemap'))
    const facts = [...index].map(([path, { pages, chunks }]) => [path, pages, chunks.length])
    expect(facts.sort()).toEqual([
      ['t/a.ibd', 2, 1],
      ['t/b.ibd', 3, 1],
    ])
  })

  it('ends when the user cancels', async () => {
    const abort = new AbortController()
    await using scan = await open(undefined, abort.signal)
    abort.abort(new ClonectlError('CANCELLED', 'cancelled by SIGINT'))
    const error = await failureOf(scan.finish((await listTree(clone())).files))
    expect(error.code).toBe('CANCELLED')
    expect(reporter.stages.at(-1)).toMatchObject({ ended: true })
  })
})

describe('a scan ahead of the end of the clone', () => {
  it('need not be done again for what was not touched since', async () => {
    const files = await scanWith(async () => untilScanned(2))
    expect(sizes(files)).toHaveLength(3)
    expect(scans.toSorted()).toEqual(['ib_buffer_pool', 't/a.ibd', 't/b.ibd'])
  })

  it('is done again for what the server changed afterwards', async () => {
    const alone = await scanWith(async () => {
      await untilScanned(2)
      write('t/a.ibd', 1, 9)
    }, true)
    expect(scans.filter((path) => path === 't/a.ibd')).toHaveLength(2)
    const again = alone.find(({ path }) => path === 't/a.ibd')
    const hashes = await hashesOf('t/a.ibd')
    scans.length = 0
    rmSync(scratch('pagemap'))
    const fresh = await scanWith(async () => undefined, true)
    expect(again).toEqual(fresh.find(({ path }) => path === 't/a.ibd'))
    expect(hashes.equals(await hashesOf('t/a.ibd'))).toBe(true)
    const stored = readFileSync(scratch('data', 't/a.ibd.delta'))
    expect(stored.readUInt32BE(stored.length - 4)).toBe(9)
  })

  it('leaves no delta of what is no tablespace any more, or gone', async () => {
    const files = await scanWith(async () => {
      await untilScanned(2)
      writeFileSync(clone('t/a.ibd'), 'torn')
      rmSync(clone('t/b.ibd'))
    }, true)
    expect(sizes(files)).toEqual([
      ['ib_buffer_pool', 4],
      ['t/a.ibd', 4],
    ])
    expect(existsSync(scratch('data', 't/a.ibd.delta'))).toBe(false)
    expect(existsSync(scratch('data', 't/b.ibd.delta'))).toBe(false)
    expect((await readPageMapIndex(scratch('pagemap'))).size).toBe(0)
  })

  it('ends with a clone that fails, whose failure is for others to tell', async () => {
    await using scan = await open()
    const failed = Promise.reject(new Error('CLONE failed'))
    await expect(scan.ahead(failed)).resolves.toBeUndefined()
  })
})
