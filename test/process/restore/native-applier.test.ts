import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { applyIncrement } from '../../../src/restore/apply-increment.ts'
import { nativeApplier } from '../../../src/restore/native-applier.ts'
import {
  makeDirectory,
  type MadeDirectory,
  PAGE_BYTES,
  valuesIn,
} from '../../fakes/greatsql-directory.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const UNDO = 4294967279

const setup = {
  reporter: recordingReporter(),
  signal: new AbortController().signal,
  owner: SELF,
  parallel: 2,
}

const apply = (directory = scratch('increment')) =>
  applyIncrement(setup, nativeApplier(setup), {
    data: scratch('data'),
    directory,
    pageBytes: PAGE_BYTES,
    owner: SELF,
    step: 'apply 1',
    workDirectory: scratch(),
  })

const applyTo = (data: MadeDirectory, increment: MadeDirectory) => {
  makeDirectory(scratch('data'), { redo: 'old redo', ...data })
  makeDirectory(scratch('increment'), { redo: 'new redo', ...increment })
  return apply()
}

const values = (path: string) => valuesIn(scratch('data', path))
const system = { spaceId: 0, pages: [1, 2, 3] }
const untouched = { spaceId: 0, pages: [] }

describe('applying an increment without a server', () => {
  it('writes pages over those of the full, and takes the redo log of the increment', async () => {
    const applied = await applyTo(
      { spaces: { ibdata1: system, 't/a.ibd': { spaceId: 7, pages: [1, 2, 3, 4] } } },
      {
        deltas: {
          ibdata1: { spaceId: 0, pages: [[1, 9]] },
          't/a.ibd': {
            spaceId: 7,
            pages: [
              [3, 8],
              [5, 6],
            ],
          },
        },
      },
    )
    expect(applied).toEqual({ tablespaces: 2, pages: 3, gone: [] })
    expect(values('ibdata1')).toEqual([1, 9, 3])
    expect(values('t/a.ibd')).toEqual([1, 2, 3, 8, 0, 6])
    expect(readFileSync(scratch('data', '#innodb_redo/#ib_redo0'), 'utf8')).toBe('new redo')
    expect(existsSync(scratch('increment', 't/a.ibd.delta'))).toBe(true)
    expect(readdirSync(scratch()).sort()).toEqual(['data', 'increment'])
  })

  it('removes dropped tables, keeps unchanged ones, and creates new ones', async () => {
    const { gone } = await applyTo(
      {
        spaces: {
          ibdata1: system,
          't/dropped.ibd': { spaceId: 7, pages: [1] },
          't/kept.ibd': { spaceId: 8, pages: [1, 5] },
          'deep/er/x.ibd': { spaceId: 20, pages: [1] },
        },
      },
      {
        deltas: {
          ibdata1: untouched,
          't/kept.ibd': { spaceId: 8, pages: [] },
          'new/made.ibd': {
            spaceId: 9,
            pages: [
              [0, 3],
              [8, 4],
            ],
          },
          'new/empty.ibd': { spaceId: 10, pages: [] },
          'new/raw.ibd': { spaceId: 11, pages: [], raw: true },
        },
      },
    )
    expect(gone).toEqual(['t/dropped.ibd'])
    expect(existsSync(scratch('data', 't/dropped.ibd'))).toBe(false)
    expect(values('t/kept.ibd')).toEqual([1, 5])
    expect(values('new/made.ibd')).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 4])
    for (const path of ['new/empty.ibd', 'new/raw.ibd']) {
      const bytes = readFileSync(scratch('data', path))
      expect(bytes).toHaveLength(7 * PAGE_BYTES)
      expect([bytes.readUInt32BE(34), bytes.readUInt16BE(24)]).toEqual([
        path === 'new/raw.ibd' ? 11 : 10,
        0,
      ])
    }
    expect(existsSync(scratch('data', 'deep/er/x.ibd'))).toBe(true)
    expect(statSync(scratch('data', 'new')).mode & 0o777).toBe(0o750)
    expect(statSync(scratch('data', 'new/made.ibd')).mode & 0o777).toBe(0o640)
  })

  it('follows tables that were renamed, swapped, and moved to another schema', async () => {
    await applyTo(
      {
        spaces: {
          ibdata1: system,
          't/a.ibd': { spaceId: 7, pages: [1, 71] },
          't/b.ibd': { spaceId: 8, pages: [1, 81] },
          't/c.ibd': { spaceId: 9, pages: [1, 91] },
        },
      },
      {
        deltas: {
          ibdata1: untouched,
          't/a.ibd': { spaceId: 8, pages: [[2, 82]] },
          't/b.ibd': { spaceId: 7, pages: [] },
          'other/c.ibd': { spaceId: 9, pages: [] },
        },
      },
    )
    expect(values('t/a.ibd')).toEqual([1, 81, 82])
    expect(values('t/b.ibd')).toEqual([1, 71])
    expect(values('other/c.ibd')).toEqual([1, 91])
    expect(readdirSync(scratch('data', 't')).sort()).toEqual(['a.ibd', 'b.ibd'])
  })

  it('puts a table in place of a dropped one of the same name', async () => {
    await applyTo(
      { spaces: { ibdata1: system, 't/a.ibd': { spaceId: 7, pages: [1, 71] } } },
      { deltas: { ibdata1: untouched, 't/a.ibd': { spaceId: 12, pages: [[0, 5]] } } },
    )
    expect(values('t/a.ibd')).toEqual([5, 0, 0, 0, 0, 0, 0])
    expect(readdirSync(scratch('data', 't'))).toEqual(['a.ibd'])
  })

  it('makes a truncated undo tablespace anew', async () => {
    await applyTo(
      {
        spaces: {
          ibdata1: system,
          undo_001: { spaceId: UNDO, pages: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
          'u3.ibu': { spaceId: UNDO - 2, pages: [1] },
        },
      },
      { deltas: { ibdata1: untouched, undo_001: { spaceId: UNDO - 127, pages: [[0, 5]] } } },
    )
    expect(values('undo_001')).toEqual([5, 0, 0, 0, 0, 0, 0])
    expect(existsSync(scratch('data', 'u3.ibu'))).toBe(false)
  })

  it('makes files as long as the donor counts them', async () => {
    await applyTo(
      {
        spaces: { ibdata1: { ...system, sizePages: 5 }, 't/a.ibd': { spaceId: 7, pages: [1, 2] } },
      },
      {
        deltas: {
          ibdata1: untouched,
          't/a.ibd': { spaceId: 7, pages: [[0, 3]], sizePages: 6 },
        },
      },
    )
    expect(values('t/a.ibd')).toEqual([3, 2, 0, 0, 0, 0])
    expect(values('ibdata1')).toEqual([1, 2, 3, 0, 0])
  })

  it('prepares a full with its own deltas, and keeps its redo log', async () => {
    makeDirectory(scratch('data'), {
      redo: 'its own',
      spaces: {
        ibdata1: system,
        't/a.ibd': { spaceId: 7, pages: [1, 2] },
        't/gone.ibd': { spaceId: 8, pages: [1] },
      },
      deltas: {
        ibdata1: untouched,
        't/a.ibd': { spaceId: 7, pages: [[1, 6]], parts: { 3: [[4, 5]], 1: [] } },
      },
    })
    const { pages, gone } = await apply(scratch('data'))
    expect({ pages, gone }).toEqual({ pages: 2, gone: ['t/gone.ibd'] })
    expect(values('t/a.ibd')).toEqual([1, 6, 0, 0, 5])
    expect(readdirSync(scratch('data')).sort()).toEqual([
      '#clone',
      '#innodb_redo',
      'ibdata1',
      'mysql',
      't',
    ])
    expect(readdirSync(scratch('data', 't'))).toEqual(['a.ibd'])
    expect(readFileSync(scratch('data', '#innodb_redo/#ib_redo0'), 'utf8')).toBe('its own')
    expect(readdirSync(scratch())).toEqual(['data'])
  })

  it('writes more pages than one segment holds', async () => {
    const pages = Array.from({ length: 2500 }, (_, index) => [index * 2, index + 1] as const)
    await applyTo(
      { spaces: { ibdata1: system, 't/a.ibd': { spaceId: 7, pages: [] } } },
      { deltas: { ibdata1: untouched, 't/b.ibd': { spaceId: 70, pages } } },
    )
    expect(values('t/b.ibd').filter((_, page) => page % 2 === 0)).toEqual(
      pages.map(([, value]) => value),
    )
  })

  it('refuses an increment whose system tablespace it does not have', async () => {
    await expect(
      applyTo(
        { spaces: { ibdata1: system } },
        { deltas: { ibdata1: untouched, ibdata2: untouched } },
      ),
    ).rejects.toMatchObject({ code: 'INTEGRITY', message: expect.stringContaining('ibdata2') })
  })
})
