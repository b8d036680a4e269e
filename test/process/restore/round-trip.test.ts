import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { masterKeyOf } from '../../../src/cipher/master-key.ts'
import type { StoredKey } from '../../../src/cipher/stored-key.ts'
import { buildStage } from '../../../src/restore/build-stage.ts'
import { readDelta } from '../../../src/restore/delta-reader.ts'
import { fileRecipes, type SealedBackup } from '../../../src/restore/layers.ts'
import { listTree } from '../../../src/system/file-tree.ts'
import { takeSeries } from '../../fakes/backup-series.ts'
import {
  bytesOf,
  type DataDirectory,
  type FakeFile,
  histories,
  isTablespace,
} from '../../fakes/data-directory-history.ts'
import { restoreContext, SELF } from '../../fakes/restore-context.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const restoreTo = async (
  data: string,
  lineage: readonly SealedBackup[],
  key?: StoredKey,
): Promise<void> => {
  await buildStage(restoreContext(), {
    key,
    data,
    recipes: fileRecipes(lineage),
    emptyDirectories: lineage.at(-1)?.manifest.result?.emptyDirectories ?? [],
    owner: SELF,
    parallel: 2,
  })
}

const requireEqual = async (data: string, state: DataDirectory): Promise<void> => {
  const tree = await listTree(data)
  expect(tree.files.map(({ path }) => path)).toEqual([...state.keys()].sort())
  expect(tree.emptyDirectories).toEqual(['mysql'])
  for (const [path, file] of state) {
    const same = readFileSync(join(data, path)).equals(bytesOf(file))
    expect(same, `${path} is as it was`).toBe(true)
  }
}

/** The pages by which a file differs from what it is compared with; a new one is compared with zeros. */
const differing = (file: FakeFile, before: FakeFile | undefined): readonly number[] => {
  const comparable =
    before !== undefined &&
    isTablespace(before) &&
    before.spaceId === file.spaceId &&
    before.pageBytes === file.pageBytes
  const known = comparable ? before.pages : []
  return [...file.pages.keys()].filter((page) => file.pages[page] !== (known[page] ?? 0))
}

const storedPages = async (backup: SealedBackup, path: string, pageBytes: number) => {
  const pages: number[] = []
  const stored = join(backup.paths.data, `${path}.delta`)
  for await (const { pageNumber } of readDelta(stored, pageBytes)) pages.push(pageNumber)
  return pages
}

describe('a chain of backups of any history', () => {
  it('brings back every state when some are compressed', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(histories, async (states) => {
        const directory = scratch(`compressed-${run++}`)
        const series = await takeSeries(directory, states, ['zstd', 'lz4', undefined])
        const names = (await listTree(series[0]?.paths.data ?? '')).files.map(({ path }) => path)
        const isPlain = (name: string): boolean => /^#clone\/|\.zstd$/.test(name)
        expect(names.filter((name) => !isPlain(name))).toEqual([])
        for (const [index, state] of states.entries()) {
          const data = join(directory, `restored-${index}`)
          await restoreTo(data, series.slice(0, index + 1))
          await requireEqual(data, state)
        }
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 10, interruptAfterTimeLimit: 6_000 },
    )
  })

  it('brings back every state when all are encrypted, and some compressed before', async () => {
    const key: StoredKey = { scheme: 'aes-256-gcm', key: masterKeyOf(randomBytes(32)) }
    let run = 0
    await fc.assert(
      fc.asyncProperty(histories, async (states) => {
        const directory = scratch(`encrypted-${run++}`)
        const series = await takeSeries(directory, states, ['zstd', undefined, 'lz4'], key)
        for (const { paths } of series) {
          const names = (await listTree(paths.data)).files.map(({ path }) => path)
          const isSealed = (name: string): boolean => /^#clone\/|\.meta$|\.clonecrypt$/.test(name)
          expect(names.filter((name) => !isSealed(name))).toEqual([])
        }
        for (const [index, state] of states.entries()) {
          const data = join(directory, `restored-${index}`)
          await restoreTo(data, series.slice(0, index + 1), key)
          await requireEqual(data, state)
        }
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 10, interruptAfterTimeLimit: 6_000 },
    )
  })

  it('brings back every state byte for byte, and stores exactly the pages that differ', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(histories, async (states) => {
        const directory = scratch(`run-${run++}`)
        const series = await takeSeries(directory, states)
        for (const [index, state] of states.entries()) {
          const data = join(directory, `restored-${index}`)
          await restoreTo(data, series.slice(0, index + 1))
          await requireEqual(data, state)
        }
        for (const [index, state] of states.entries()) {
          const backup = series[index]
          if (index === 0 || backup === undefined) continue
          const paths = [...state.keys()].filter((path) => isTablespace(state.get(path)!)).sort()
          expect(backup.manifest.deltas.map((delta) => delta.path)).toEqual(paths)
          for (const path of paths) {
            const file = state.get(path)!
            const expected = differing(file, states[index - 1]?.get(path))
            expect(await storedPages(backup, path, file.pageBytes)).toEqual(expected)
          }
        }
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 25, interruptAfterTimeLimit: 6_000 },
    )
  })
})
