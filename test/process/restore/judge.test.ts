import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Applier } from '../../../src/restore/applier.ts'
import { applyIncrement } from '../../../src/restore/apply-increment.ts'
import { nativeApplier } from '../../../src/restore/native-applier.ts'
import { makeDirectory, PAGE_BYTES } from '../../fakes/greatsql-directory.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const data = (path: string): string => scratch('data', path)

/** Applies as it should be done, and then does something else. */
const applyAnd = (lie: () => void, isPrepare = false) => {
  const setup = {
    reporter: recordingReporter(),
    signal: new AbortController().signal,
    owner: SELF,
    parallel: 2,
  }
  const honest = nativeApplier(setup)
  const applier: Applier = {
    name: 'mysqld',
    apply: async (job) => {
      await honest.apply(job)
      lie()
    },
  }
  const a = { spaceId: 7, pages: [1, 2, 3, 4, 5, 6, 7, 8] }
  const deltas = {
    ibdata1: { spaceId: 0, pages: [] },
    't/a.ibd': { spaceId: 7, pages: [[1, 9] as const, [9, 3] as const] },
    't/new.ibd': { spaceId: 9, pages: [] },
  }
  makeDirectory(scratch('data'), {
    redo: 'old redo',
    spaces: { ibdata1: { spaceId: 0, pages: [1, 2] }, 't/a.ibd': a },
    ...(isPrepare ? { deltas } : {}),
  })
  makeDirectory(scratch('increment'), { redo: 'new redo', deltas })
  return applyIncrement(setup, applier, {
    data: scratch('data'),
    directory: scratch(isPrepare ? 'data' : 'increment'),
    pageBytes: PAGE_BYTES,
    owner: SELF,
    step: 'apply 1',
    workDirectory: scratch(),
  })
}

const spoil = (at: number): void => {
  const file = openSync(data('t/a.ibd'), 'r+')
  writeSync(file, Buffer.from([1]), 0, 1, at)
}

/** Its contents, but another file. */
const makeAnew = (path: string): void => {
  copyFileSync(data(path), data(`${path}.copy`))
  unlinkSync(data(path))
  renameSync(data(`${path}.copy`), data(path))
}

const lies: readonly (readonly [string, () => void, string])[] = [
  ['a table is gone', () => rmSync(data('t/a.ibd')), 't/a.ibd is missing'],
  [
    'a file of the full is gone',
    () => rmSync(data('#clone/#view_status')),
    '#clone/#view_status is missing',
  ],
  [
    'a table is there that no delta is for',
    () => writeFileSync(data('t/x.ibd'), ''),
    't/x.ibd should not be there',
  ],
  [
    'a new table has another id',
    () => copyFileSync(data('t/a.ibd'), data('t/new.ibd')),
    't/new.ibd is tablespace 7, expected 9',
  ],
  [
    'a table was made anew',
    () => makeAnew('t/a.ibd'),
    't/a.ibd was made anew, what t/a.ibd held is lost',
  ],
  [
    'a table is shorter than before',
    () => truncateSync(data('t/a.ibd'), 3 * PAGE_BYTES),
    't/a.ibd has 12288 bytes, expected 32768',
  ],
  [
    'the redo log is not that of the increment',
    () => writeFileSync(data('#innodb_redo/#ib_redo0'), 'old redo'),
    '#innodb_redo/#ib_redo0 is not that of the backup',
  ],
  [
    'there is more redo log',
    () => writeFileSync(data('#innodb_redo/#ib_redo1.ibd'), ''),
    '#innodb_redo/#ib_redo1.ibd should not be there',
  ],
  [
    'a page that was applied is another',
    () => spoil(PAGE_BYTES + 100),
    'pages 1 of t/a.ibd are not those of the increment',
  ],
  [
    'the last page is missing',
    () => truncateSync(data('t/a.ibd'), 9 * PAGE_BYTES),
    'pages 9 of t/a.ibd are not those of the increment',
  ],
]

describe('after an apply', () => {
  it('all is well when all is well', async () => {
    expect(await applyAnd(() => undefined)).toEqual({ tablespaces: 3, pages: 2, gone: [] })
  })

  it.each(lies)('it is found out when %s', async (_, lie, message) => {
    const error = await failureOf(applyAnd(lie))
    expect(error).toMatchObject({ code: 'INTEGRITY' })
    expect(error.message).toBe(`apply 1 did not bring what it should: ${message}`)
  })

  it('pages are compared although a prepared full has no deltas any more', async () => {
    const error = await failureOf(applyAnd(() => spoil(PAGE_BYTES + 100), true))
    expect(error.message).toContain('pages 1 of t/a.ibd')
  })

  it('what a mysqld leaves behind is removed', async () => {
    await applyAnd(() => {
      for (const name of ['auto.cnf', '#ib_16384_0.dblwr', 'ibtmp1']) writeFileSync(data(name), 'x')
      mkdirSync(data('#innodb_temp'))
      writeFileSync(data('#innodb_temp/temp_1.ibt'), 'x')
    })
    for (const name of ['auto.cnf', '#ib_16384_0.dblwr', 'ibtmp1', '#innodb_temp'])
      expect(existsSync(data(name)), name).toBe(false)
    expect(readFileSync(data('#innodb_redo/#ib_redo0'), 'utf8')).toBe('new redo')
  })
})
