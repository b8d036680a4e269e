import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { buildStage } from '../../../src/restore/build-stage.ts'
import { fileRecipes, type SealedBackup } from '../../../src/restore/layers.ts'
import { listTree } from '../../../src/system/file-tree.ts'
import { takeSeries } from '../../fakes/backup-series.ts'
import type { FakeFile } from '../../fakes/data-directory-history.ts'
import { restoreContext, SELF } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const table = (...pages: readonly number[]): FakeFile => ({
  spaceId: 7,
  pageBytes: 1024,
  pages,
  tail: 0,
})

let lineage: readonly SealedBackup[] = []
beforeEach(async () => {
  lineage = await takeSeries(scratch('repo'), [
    new Map([
      ['ibdata1', table(1, 2, 3)],
      ['t/a.ibd', table(1, 2, 3, 4)],
    ]),
    new Map([
      ['ibdata1', table(1, 2, 3)],
      ['t/a.ibd', table(1, 9, 3, 4, 5)],
    ]),
  ])
})

const context = restoreContext()
const build = (changes: Partial<Parameters<typeof buildStage>[1]> = {}) =>
  buildStage(context, {
    data: scratch('data'),
    recipes: fileRecipes(lineage),
    emptyDirectories: ['mysql', 'deep/er/empty'],
    owner: SELF,
    parallel: 2,
    ...changes,
  })

const stored = (index: number, path: string) => join(lineage[index]!.paths.data, path)

const flipByte = (path: string, at: number): void => {
  chmodSync(path, 0o600)
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(path, bytes)
}

describe('buildStage', () => {
  it('makes every file and every directory, empty ones too', async () => {
    await build()
    const tree = await listTree(scratch('data'))
    expect(tree).toEqual({
      files: [
        { path: 'ibdata1', sizeBytes: 3072 },
        { path: 't/a.ibd', sizeBytes: 5120 },
      ],
      emptyDirectories: ['deep/er/empty', 'mysql'],
    })
    for (const path of ['', 't', 'mysql', 'deep', 'deep/er', 'deep/er/empty']) {
      expect(statSync(scratch('data', path)).mode & 0o777).toBe(0o750)
    }
    expect(context.reporter.stages.at(-1)).toEqual({
      label: 'stage',
      total: 8192,
      done: 8192,
      ended: true,
    })
  })

  it.skipIf(process.getuid?.() !== 0)('gives all of it to its owner', async () => {
    await build({ owner: { uid: 4711, gid: 4712 } })
    for (const path of ['', 'ibdata1', 't', 't/a.ibd', 'mysql', 'deep', 'deep/er/empty']) {
      expect(statSync(scratch('data', path)), path).toMatchObject({ uid: 4711, gid: 4712 })
    }
  })

  it.each([
    ['a stored file', 0, 'ibdata1', 1500],
    ['a page of the full below a delta', 0, 't/a.ibd', 1024 * 2 + 7],
    ['a page in a delta', 1, 't/a.ibd.delta', 1024 + 3],
    ['the number of a page in a delta', 1, 't/a.ibd.delta', 7],
  ])('names %s that is damaged', async (_, index, path, at) => {
    const file = stored(index, path)
    const { sha256 } = lineage[index]!.manifest.files.find(
      (entry) => entry.path === `data/${path}`,
    )!
    flipByte(file, at)
    const error = await failureOf(build())
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toMatch(
      new RegExp(
        String.raw`^the backup is damaged: data/${path} of ${lineage[index]!.manifest.id} has sha256 [0-9a-f]{64}, expected ${sha256}$`,
      ),
    )
    expect(context.reporter.stages.at(-1)).toMatchObject({ ended: true })
  })

  it('names a delta that is none any more', async () => {
    flipByte(stored(1, 't/a.ibd.delta'), 0)
    const error = await failureOf(build())
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(stored(1, 't/a.ibd.delta'))
  })

  it('does not mind damage behind what is left of a file', async () => {
    const states = [new Map([['t/a.ibd', table(1, 2, 3, 4)]]), new Map([['t/a.ibd', table(1, 2)]])]
    lineage = await takeSeries(scratch('shrunk'), states)
    flipByte(stored(0, 't/a.ibd'), 3500)
    await build()
    expect(statSync(scratch('data', 't/a.ibd')).size).toBe(2048)
  })

  it('says what came out wrong when every stored file is as recorded', async () => {
    const recipes = fileRecipes(lineage).map((recipe) => ({
      ...recipe,
      result: { ...recipe.result, sha256: '0'.repeat(64) },
    }))
    const error = await failureOf(build({ recipes }))
    expect(error.message).toMatch(
      /^(ibdata1|t\/a\.ibd) came out with sha256 [0-9a-f]{64}, expected 0{64}$/,
    )
  })

  it('fails when a stored file is gone', async () => {
    rmSync(stored(0, 'ibdata1'))
    await expect(build()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses what somebody else put there', async () => {
    mkdirSync(scratch('data'))
    writeFileSync(scratch('data', 'stranger'), '')
    const error = await failureOf(build())
    expect(error).toMatchObject({
      code: 'INTEGRITY',
      message: `${scratch('data')} does not hold exactly what the manifest lists`,
    })
  })
})
