import { describe, expect, it } from 'vitest'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import type { DeltaEntry, Manifest } from '../../../src/repository/manifest.ts'
import { type FileRecipe, fileRecipes, type SealedBackup } from '../../../src/restore/layers.ts'
import { fileEntry, makeManifest } from '../../fakes/manifest.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const PAGE = 16_384
const FILE = 't/a.ibd'

/** What one backup says of the file: how many pages it has then, and how it is stored. */
interface State {
  readonly pages: number
  /** Pages in the delta; stored whole without it. */
  readonly delta?: number
  readonly fresh?: boolean
}

const deltaOf = ({ delta, fresh = false }: State): readonly DeltaEntry[] =>
  delta === undefined ? [] : [{ path: FILE, spaceId: 7, pageBytes: PAGE, pages: delta, fresh }]

const backupOf = (index: number, changes: Partial<Manifest>): SealedBackup => {
  const id = `UTC20261120T0${index}0000.000-${index === 0 ? 'full' : 'incr'}`
  return { manifest: makeManifest(id, changes), paths: backupPathsAt(`/repo/${index}`) }
}

/** A chain in which only this one file counts; undefined where a backup does not have it. */
const chainOf = (...states: readonly (State | undefined)[]): readonly SealedBackup[] =>
  states.map((state, index) => {
    if (state === undefined) return backupOf(index, {})
    const stored = `data/${FILE}${state.delta === undefined ? '' : '.delta'}`
    return backupOf(index, {
      files: [fileEntry(stored, 100 + index)],
      deltas: [...deltaOf(state)],
      result: { files: [fileEntry(FILE, state.pages * PAGE)], emptyDirectories: [] },
    })
  })

const recipeFor = (...states: readonly (State | undefined)[]): FileRecipe => {
  const [recipe, ...more] = fileRecipes(chainOf(...states))
  expect(more).toEqual([])
  if (recipe === undefined) throw new Error('no recipe')
  return recipe
}

const whole = (index: number, pages: number) => ({
  file: `/repo/${index}/data/${FILE}`,
  limitBytes: pages * PAGE,
})

const layer = (index: number, pages: number, limitPages: number) => ({
  file: `/repo/${index}/data/${FILE}.delta`,
  pageBytes: PAGE,
  pages,
  limitBytes: limitPages * PAGE,
})

describe('the recipe of a tablespace', () => {
  it.each<[string, readonly (State | undefined)[], Partial<FileRecipe>]>([
    ['in a full alone is the stored file', [{ pages: 9 }], { whole: whole(0, 9), deltas: [] }],
    [
      'is a delta laid over the full',
      [{ pages: 9 }, { pages: 9, delta: 2 }],
      { whole: whole(0, 9), deltas: [layer(1, 2, 9)] },
    ],
    [
      'is several deltas, the newest first',
      [{ pages: 9 }, { pages: 9, delta: 2 }, { pages: 9, delta: 3 }],
      { whole: whole(0, 9), deltas: [layer(2, 3, 9), layer(1, 2, 9)] },
    ],
    [
      'needs no delta that holds nothing',
      [{ pages: 9 }, { pages: 9, delta: 0 }, { pages: 9, delta: 3 }],
      { whole: whole(0, 9), deltas: [layer(2, 3, 9)] },
    ],
    [
      'is the stored file again when no delta holds anything',
      [{ pages: 9 }, { pages: 9, delta: 0 }],
      { whole: whole(0, 9), deltas: [] },
    ],
    [
      'begins at a fresh delta, whatever lies below',
      [{ pages: 9 }, { pages: 5, delta: 4, fresh: true }, { pages: 6, delta: 1 }],
      { whole: undefined, deltas: [layer(2, 1, 6), layer(1, 4, 5)] },
    ],
    [
      'made new is its fresh delta alone',
      [undefined, { pages: 5, delta: 4, fresh: true }],
      { whole: undefined, deltas: [layer(1, 4, 5)] },
    ],
    [
      'made new of zeros alone is nothing but its size',
      [undefined, { pages: 5, delta: 0, fresh: true }],
      { whole: undefined, deltas: [] },
    ],
    [
      'that grew takes from below no more than there was',
      [{ pages: 4 }, { pages: 9, delta: 5 }],
      { whole: whole(0, 4), deltas: [layer(1, 5, 9)] },
    ],
    [
      'that shrank takes from below no more than is left',
      [{ pages: 9 }, { pages: 9, delta: 2 }, { pages: 4, delta: 0 }],
      { whole: whole(0, 4), deltas: [layer(1, 2, 4)] },
    ],
    [
      'that shrank and grew again brings back nothing that was cut off',
      [{ pages: 9 }, { pages: 8, delta: 1 }, { pages: 3, delta: 1 }, { pages: 9, delta: 6 }],
      { whole: whole(0, 3), deltas: [layer(3, 6, 9), layer(2, 1, 3), layer(1, 1, 3)] },
    ],
    [
      'that was emptied and grew again takes nothing from below',
      [{ pages: 9 }, { pages: 0, delta: 0 }, { pages: 2, delta: 2 }],
      { whole: whole(0, 0), deltas: [layer(2, 2, 2)] },
    ],
    [
      'stored whole in an increment is taken from there',
      [{ pages: 9, delta: 1 }, { pages: 5 }, { pages: 6, delta: 1 }],
      { whole: whole(1, 5), deltas: [layer(2, 1, 6)] },
    ],
  ])('%s', (_, states, expected) => {
    expect(recipeFor(...states)).toMatchObject(expected)
  })

  it('names every stored file it is made of, newest first, also a delta without pages', () => {
    const states = [{ pages: 9 }, { pages: 9, delta: 0 }, { pages: 9, delta: 3 }]
    expect(recipeFor(...states).sources).toEqual([
      {
        backup: 'UTC20261120T020000.000-incr',
        file: `/repo/2/data/${FILE}.delta`,
        recorded: fileEntry(`data/${FILE}.delta`, 102),
      },
      {
        backup: 'UTC20261120T010000.000-incr',
        file: `/repo/1/data/${FILE}.delta`,
        recorded: fileEntry(`data/${FILE}.delta`, 101),
      },
      {
        backup: 'UTC20261120T000000.000-full',
        file: `/repo/0/data/${FILE}`,
        recorded: fileEntry(`data/${FILE}`, 100),
      },
    ])
  })
})

describe('the recipes of a data directory', () => {
  const storedIn = (index: number, ...names: readonly string[]) =>
    backupOf(index, {
      files: names.map((name) => fileEntry(`data/${name}`, 50)),
      result: { files: names.map((name) => fileEntry(name, 50)), emptyDirectories: [] },
    })

  it('are those of the newest state: what was dropped is not there', () => {
    const lineage = [storedIn(0, 'ib_buffer_pool', 't/dropped.ibd'), storedIn(1, 'ib_buffer_pool')]
    const recipes = fileRecipes(lineage)
    expect(recipes.map(({ result }) => result.path)).toEqual(['ib_buffer_pool'])
  })

  it('take what is no tablespace whole from the newest backup', () => {
    const [recipe] = fileRecipes([
      storedIn(0, '#clone/#view_status'),
      storedIn(1, '#clone/#view_status'),
    ])
    expect(recipe).toMatchObject({
      whole: { file: '/repo/1/data/#clone/#view_status', limitBytes: 50 },
      deltas: [],
    })
    expect(recipe?.sources).toHaveLength(1)
  })

  it('are none of nothing', () => {
    expect(fileRecipes([])).toEqual([])
  })
})

describe('a chain with a hole', () => {
  const refusal = (lineage: readonly SealedBackup[]) => refusalOf(() => fileRecipes(lineage))

  it('is refused when a backup does not list what a delta was made on', () => {
    expect(refusal(chainOf(undefined, { pages: 5, delta: 4 }))).toMatchObject({
      code: 'CHAIN_BROKEN',
      message: `the manifest of UTC20261120T000000.000-full does not list data/${FILE}`,
      details: { backup: 'UTC20261120T000000.000-full', path: `data/${FILE}` },
    })
  })

  it('is refused when the delta itself is not listed', () => {
    const [full, tip] = chainOf({ pages: 5 }, { pages: 5, delta: 4 })
    if (full === undefined || tip === undefined) throw new Error('no chain')
    const lineage = [full, { ...tip, manifest: { ...tip.manifest, files: [] } }]
    expect(refusal(lineage).message).toContain(`does not list data/${FILE}.delta`)
  })

  it('is refused when deltas lie on nothing', () => {
    expect(refusal(chainOf({ pages: 5, delta: 4 }, { pages: 5, delta: 4 }))).toMatchObject({
      code: 'CHAIN_BROKEN',
      message: `nothing in the chain holds ${FILE} as a whole`,
    })
  })
})
