// How a data directory may change from one backup to the next, as arbitrary histories.

import fc from 'fast-check'
import { type FakeTablespace, tablespaceBytes } from './tablespace.ts'

/** A file of a data directory. */
export interface FakeFile extends FakeTablespace {
  /** Bytes behind the last page: then it is no tablespace, and neither is one without a page 0. */
  readonly tail: number
}

export type DataDirectory = ReadonlyMap<string, FakeFile>

export const bytesOf = (file: FakeFile): Buffer =>
  Buffer.concat([tablespaceBytes(file), Buffer.alloc(file.tail, 7)])

/** Whether the file is kept page by page, or else whole. */
export const isTablespace = ({ pages, tail, pageBytes }: FakeFile): boolean =>
  (pages[0] ?? 0) !== 0 && tail % pageBytes === 0

const NAMES = ['ibdata1', 'mysql.ibd', 'undo_001', 't/a.ibd', 't/b.ibd', 'other/t#p#p0.ibd']
const names = fc.constantFrom(...NAMES)
/** Mostly few values, so that pages return to what they were before; zeros often. */
const values = fc.constantFrom(0, 1, 2, 3, 4)
const manyPages = fc.oneof(
  { weight: 9, arbitrary: fc.array(values, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.nat(520).map((count) => Array<number>(count).fill(5)) },
)

type Change = (file: FakeFile) => FakeFile

const setPage = fc
  .record({ at: fc.nat(), value: values })
  .map(({ at, value }): Change => (file) => ({
    ...file,
    pages: file.pages.map((old, number) => (number === at % file.pages.length ? value : old)),
  }))
const grow = manyPages.map((more): Change => (file) => ({
  ...file,
  pages: [...file.pages, ...more],
}))
const shrink = fc
  .nat(6)
  .map((left): Change => (file) => ({ ...file, pages: file.pages.slice(0, left) }))
/** TRUNCATE, a rebuild, an undo tablespace made anew. */
const replace = fc
  .record({ spaceId: fc.integer({ min: 8, max: 9 }), pages: manyPages })
  .map(({ spaceId, pages }): Change => (file) => ({ ...file, spaceId, pages: [1, ...pages] }))
const pageSizes = fc.constantFrom(1024, 1024, 4096, 8192, 16_384)
const resize = pageSizes.map((pageBytes): Change => (file) => ({ ...file, pageBytes }))
const tear = fc.constantFrom(0, 0, 1, 1000).map((tail): Change => (file) => ({ ...file, tail }))

const fileChanges = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: setPage },
    { weight: 3, arbitrary: grow },
    { weight: 3, arbitrary: shrink },
    { weight: 1, arbitrary: replace },
    { weight: 1, arbitrary: resize },
    { weight: 1, arbitrary: tear },
  ),
  { maxLength: 3 },
)

type Step = (before: DataDirectory) => DataDirectory

/** DROP TABLE, CREATE TABLE under a free name, RENAME onto one; a name that does not fit does nothing. */
const drop = names.map(
  (name): Step =>
    (before) =>
      new Map([...before].filter(([path]) => path !== name)),
)
const create = fc.record({ name: names, pageBytes: pageSizes, pages: manyPages }).map(
  ({ name, pageBytes, pages }): Step =>
    (before) =>
      new Map([[name, { spaceId: 7, pageBytes, pages: [1, ...pages], tail: 0 }], ...before]),
)
const rename = fc.record({ from: names, to: names }).map(
  ({ from, to }): Step =>
    (before) =>
      before.has(to)
        ? before
        : new Map([...before].map(([path, file]) => [path === from ? to : path, file])),
)
const change = fc
  .record({ name: names, changes: fileChanges })
  .map(({ name, changes }): Step => (before) => {
    const file = before.get(name)
    if (file === undefined) return before
    return new Map(before).set(
      name,
      changes.reduce((changed, apply) => apply(changed), file),
    )
  })

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: change },
    { weight: 2, arbitrary: create },
    { weight: 1, arbitrary: drop },
    { weight: 1, arbitrary: rename },
  ),
  { minLength: 1, maxLength: 8 },
)

const apply = (before: DataDirectory, some: readonly Step[]): DataDirectory =>
  some.reduce((state, step) => step(state), before)

const first: DataDirectory = new Map<string, FakeFile>([
  ['ibdata1', { spaceId: 0, pageBytes: 16_384, pages: [1, 2, 0, 3, 0], tail: 0 }],
  ['t/a.ibd', { spaceId: 7, pageBytes: 1024, pages: [1, 2, 3, 4, 0, 2, 0], tail: 0 }],
  ['t/b.ibd', { spaceId: 8, pageBytes: 8192, pages: [2, 1], tail: 0 }],
])

/** Three or four states, each made of the one before. */
export const histories: fc.Arbitrary<readonly DataDirectory[]> = fc
  .array(steps, { minLength: 3, maxLength: 4 })
  .map((all) => {
    const states: DataDirectory[] = []
    for (const some of all) states.push(apply(states.at(-1) ?? first, some))
    return states
  })
