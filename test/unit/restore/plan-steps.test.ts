import { describe, expect, it } from 'vitest'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import type { FileRecipe } from '../../../src/restore/layers.ts'
import { planSteps } from '../../../src/restore/plan-steps.ts'
import type { RestoreRequest } from '../../../src/restore/request.ts'
import type { Selection } from '../../../src/restore/select-chain.ts'
import { makeFull } from '../../fakes/backup.ts'
import { fileEntry, makeManifest } from '../../fakes/manifest.ts'

const PAGE = 16_384

const request: RestoreRequest = {
  target: { kind: 'backup', reference: 'latest' },
  targetDir: '/restored',
  binlogs: undefined,
  replay: 'applier',
  skipGtids: undefined,
  apply: undefined,
  start: false,
  parallel: 2,
  mysqlUser: undefined,
}

const delta = (pages: number) => ({ file: 'x', pageBytes: PAGE, pages, limitBytes: 0 })
const whole = (pages: number) => ({ file: 'y', limitBytes: pages * PAGE })
const recipe = (pages: number, made: Pick<FileRecipe, 'whole' | 'deltas'>): FileRecipe => ({
  result: fileEntry('t/a.ibd', pages * PAGE),
  sources: [],
  ...made,
})

const selectionOf = (recipes: readonly FileRecipe[], ...ids: readonly string[]): Selection => ({
  tip: makeFull(1),
  lineage: ids.map((id) => ({ manifest: makeManifest(id), paths: backupPathsAt(`/repo/${id}`) })),
  recipes,
  passedOver: [],
})

const full = 'UTC20261120T010000.000-full'
const [first, second] = ['UTC20261120T020000.000-incr', 'UTC20261120T030000.000-incr']
const alone = selectionOf([recipe(9, { whole: whole(9), deltas: [] })], full)

const time = new Date('2026-11-20T03:30:00.000Z')
const outlook = {
  reach: time,
  isStopped: false,
  shortfall: undefined,
  binlogs: [
    { file: 'binlog.000002', from: 1000, to: 5000 },
    { file: 'binlog.000003', from: 0, to: 700 },
  ],
}

describe('the steps of a restore', () => {
  it('are none when nothing could be selected', () => {
    expect(planSteps(request, undefined, undefined)).toEqual([])
  })

  it('are copying, proving and publishing for a full', () => {
    expect(planSteps(request, alone, undefined)).toEqual([
      { step: 'stage', what: `copy 1 file of ${full}`, bytes: 9 * PAGE },
      { step: 'prove', what: 'compare 1 file with the manifest', bytes: 9 * PAGE },
      { step: 'publish', what: 'rename to /restored', bytes: 0 },
    ])
  })

  it('count what is copied and what is merged over it with increments', () => {
    const recipes = [
      recipe(9, { whole: whole(4), deltas: [delta(5), delta(1)] }),
      recipe(3, { whole: undefined, deltas: [delta(2)] }),
      recipe(2, { whole: whole(2), deltas: [] }),
    ]
    const steps = planSteps(request, selectionOf(recipes, full, first, second), undefined)
    expect(steps.map(({ step, bytes }) => [step, bytes])).toEqual([
      ['stage', 6 * PAGE],
      ['merge', 8 * PAGE],
      ['prove', 14 * PAGE],
      ['publish', 0],
    ])
    expect(steps[0]?.what).toBe(`copy 2 files of ${full} and later backups`)
    expect(steps[1]?.what).toContain('2 increments')
  })

  it('count the part of the binlogs that is replayed for a time', () => {
    const steps = planSteps({ ...request, target: { kind: 'time', time } }, alone, outlook)
    expect(steps.map(({ step }) => step)).toEqual(['stage', 'prove', 'replay', 'publish'])
    expect(steps[2]).toEqual({
      step: 'replay',
      what: 'start a private mysqld and replay 2 binlogs up to 2026-11-20T03:30:00.000Z',
      bytes: 4700,
    })
  })

  it('count no binlogs for a time when they could not be looked at', () => {
    const steps = planSteps({ ...request, target: { kind: 'time', time } }, alone, undefined)
    expect(steps[2]).toMatchObject({ step: 'replay', bytes: 0 })
  })

  it('end with a running server when one is wanted', () => {
    expect(planSteps({ ...request, start: true }, alone, undefined).at(-1)).toMatchObject({
      step: 'start',
    })
  })
})
