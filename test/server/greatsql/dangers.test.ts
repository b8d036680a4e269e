// Inputs on which GreatSQL's mysqld loses data, most of them without a word. clonectl refuses each
// before anything is changed; mysqld alone, on a copy of the same, shows that the danger is real.
import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { applyByHand } from '../../../src/restore/apply-by-hand.ts'
import { findTool } from '../../../src/system/find-tool.ts'
import { describeServer } from '../../bed/describe-server.ts'
import {
  bytesOfFiles,
  type MadeDirectory,
  makeDirectory,
  PAGE_BYTES,
  valuesIn,
} from '../../fakes/greatsql-directory.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { type EmulatedBasedir, makeBasedir } from '../../greatsql-emulator/basedir/make-basedir.ts'
import { failureOf } from '../../process/system/failure-of.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const untouched = { spaceId: 0, pages: [] }
const full: MadeDirectory = {
  lsns: [0, 100, 120],
  redo: 'redo of the full',
  spaces: {
    ibdata1: { spaceId: 0, pages: [1, 2] },
    't/a.ibd': { spaceId: 7, pages: [1, 2, 3] },
    't/b.ibd': { spaceId: 8, pages: [1, 2] },
  },
}
const first: MadeDirectory = {
  lsns: [100, 200, 220],
  redo: 'redo of the first',
  deltas: {
    ibdata1: untouched,
    't/a.ibd': {
      spaceId: 7,
      pages: [
        [1, 20],
        [2, 30],
      ],
    },
    't/b.ibd': { spaceId: 8, pages: [] },
  },
}
const second: MadeDirectory = {
  lsns: [200, 300, 320],
  redo: 'redo of the second',
  deltas: { ...first.deltas, 't/a.ibd': { spaceId: 7, pages: [[2, 300]] } },
}
/** Another server's, whose table of that name is another one. */
const foreign: MadeDirectory = {
  lsns: [9000, 9100, 9200],
  deltas: { ibdata1: untouched, 't/a.ibd': { spaceId: 40, pages: [[0, 1]] } },
}

describeServer('what mysqld would lose', () => {
  let basedir: EmulatedBasedir
  let scratch = ''
  const path = (...parts: readonly string[]): string => join(scratch, ...parts)
  const delta = (): string => path('first/t/a.ibd.delta')

  beforeAll(async () => {
    basedir = await makeBasedir({ dir: await mkdtemp(join(tmpdir(), 'clonectl-basedir-')) })
    return () => rmSync(basedir.path, { recursive: true })
  })
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'clonectl-dangers-'))
    makeDirectory(path('full'), full)
    makeDirectory(path('first'), first)
    makeDirectory(path('second'), second)
    makeDirectory(path('foreign'), foreign)
  })
  afterEach(() => rmSync(scratch, { recursive: true }))

  const apply = (increment: string) =>
    applyByHand(
      {
        reporter: recordingReporter(),
        signal: new AbortController().signal,
        clock: { now: () => new Date() },
        command: 'clonectl apply',
        findTool: (name) => findTool(name, { basedir: basedir.path }),
      },
      {
        datadir: path('full'),
        incrementalDir: path(increment),
        prepare: false,
        by: 'mysqld',
        parallel: 2,
        mysqlUser: undefined,
      },
    )

  /** As somebody would do it by hand, on a copy; returns the exit code. */
  const mysqldAlone = (increment: string, datadir = path('copy')): number | null => {
    if (!existsSync(datadir)) cpSync(path('full'), datadir, { recursive: true })
    const args = [
      '--no-defaults',
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      `--datadir=${datadir}`,
      `--innodb_page_size=${PAGE_BYTES}`,
      `--clone_incremental_dir=${path(increment)}`,
    ]
    return spawnSync(basedir.mysqld, args, { stdio: 'ignore' }).status
  }
  const table = (datadir = 'copy'): readonly number[] | undefined =>
    existsSync(path(datadir, 't/a.ibd')) ? valuesIn(path(datadir, 't/a.ibd')) : undefined

  it('is nothing when all is well', async () => {
    await apply('first')
    expect(table('full')).toEqual([1, 20, 30])
    await apply('second')
    expect(table('full')).toEqual([1, 20, 300])
  })

  const overwrite = (file: string, change: (bytes: Buffer) => void): void => {
    const bytes = readFileSync(file)
    change(bytes)
    writeFileSync(file, bytes)
  }
  const editMeta = (from: string, to: string): void => {
    const file = path('first/t/a.ibd.meta')
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }

  it.each([
    ['a missing delta', () => rmSync(delta())],
    ['a truncated delta', () => truncateSync(delta(), 2 * PAGE_BYTES)],
    ['a wrong magic', () => overwrite(delta(), (bytes) => bytes.fill(0, 0, 4))],
    ['a missing .meta', () => rmSync(path('first/t/a.ibd.meta'))],
    ['a wrong space id', () => editMeta('space_id = 7', 'space_id = 9')],
    ['a wrong page_size', () => editMeta('page_size = 4096', 'page_size = 8192')],
    ['a delta that is still compressed', () => renameSync(delta(), `${delta()}.zstd`)],
  ])('is saved from %s, with 21', async (_, damage) => {
    damage()
    const before = bytesOfFiles(path('full'))
    expect(await failureOf(apply('first'))).toMatchObject({ code: 'INTEGRITY', exitCode: 21 })
    expect(bytesOfFiles(path('full'))).toEqual(before)
    mysqldAlone('first')
    expect(table()).not.toEqual([1, 20, 30])
  })

  it('is saved from an increment of another chain, with 20', async () => {
    const before = bytesOfFiles(path('full'))
    expect(await failureOf(apply('foreign'))).toMatchObject({ code: 'CHAIN_BROKEN', exitCode: 20 })
    expect(bytesOfFiles(path('full'))).toEqual(before)
    expect(mysqldAlone('foreign')).toBe(0)
    expect(existsSync(path('copy/t/b.ibd'))).toBe(false)
  })

  it('is saved from increments out of order, with 20', async () => {
    await apply('first')
    await apply('second')
    cpSync(path('full'), path('copy'), { recursive: true })
    const before = bytesOfFiles(path('full'))
    expect(await failureOf(apply('first'))).toMatchObject({ code: 'CHAIN_BROKEN', exitCode: 20 })
    expect(bytesOfFiles(path('full'))).toEqual(before)
    expect(mysqldAlone('first')).toBe(0)
    expect(table()).toEqual([1, 20, 30])
  })

  it('is saved from a gap between increments, with 20', async () => {
    expect(await failureOf(apply('second'))).toMatchObject({ code: 'CHAIN_BROKEN', exitCode: 20 })
    expect(mysqldAlone('second')).toBe(0)
    expect(table()).toEqual([1, 2, 300])
  })

  it('is saved from the same increment twice, with 20', async () => {
    await apply('first')
    expect(await failureOf(apply('first'))).toMatchObject({ code: 'CHAIN_BROKEN', exitCode: 20 })
  })

  it('is saved although two tables exchanged their names', async () => {
    rmSync(path('first'), { recursive: true })
    makeDirectory(path('first'), {
      ...first,
      deltas: {
        ibdata1: untouched,
        't/a.ibd': { spaceId: 8, pages: [] },
        't/b.ibd': { spaceId: 7, pages: [] },
      },
    })
    expect(mysqldAlone('first')).toBe(0)
    const lost = [valuesIn(path('copy/t/a.ibd')), valuesIn(path('copy/t/b.ibd'))]
    await apply('first')
    const kept = [valuesIn(path('full/t/a.ibd')), valuesIn(path('full/t/b.ibd'))]
    expect(kept).toEqual([
      [1, 2],
      [1, 2, 3],
    ])
    expect(lost).not.toEqual(kept)
  })

  it('is saved from a data directory behind a link, with 20', async () => {
    makeDirectory(path('full'), { ...full, deltas: first.deltas ?? {} })
    symlinkSync(path('full'), path('link'))
    expect(await failureOf(apply('link'))).toMatchObject({ code: 'CHAIN_BROKEN', exitCode: 20 })
    mysqldAlone('link', path('full'))
    expect(existsSync(path('full/#innodb_redo/#ib_redo0'))).toBe(false)
  })
})
