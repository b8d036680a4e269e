// Makes the files of the restored data directory in worker threads and proves each of them, then
// proves that nothing is missing and nothing is there besides.

import { ensureDir } from 'fs-extra/esm'
import { dirname, join } from 'node:path'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { Codec } from '../codec/codec.ts'
import { ClonectlError } from '../errors.ts'
import { digestFile, type FileDigest } from '../repository/file-digest.ts'
import { syncDirectory } from '../system/atomic-file.ts'
import { listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { createWorkerPool } from '../system/worker-pool.ts'
import { findPrograms } from './find-programs.ts'
import type { FileRecipe } from './layers.ts'
import type { RestoreContext } from './request.ts'
import type { StageJob } from './stage-file.ts'

export interface BuildRequest {
  readonly data: string
  readonly recipes: readonly FileRecipe[]
  readonly emptyDirectories: readonly string[]
  /** Whom everything is given to. */
  readonly owner: Owner
  readonly parallel: number
  /** What encrypted files are read with. */
  readonly key?: StoredKey | undefined
}

/** Builds everything below `data`. Throws INTEGRITY naming the stored file that is damaged. */
export const buildStage = async (context: RestoreContext, request: BuildRequest): Promise<void> => {
  const directories = await makeDirectories(request)
  const total = request.recipes.reduce((sum, recipe) => sum + recipe.result.sizeBytes, 0)
  const progress = context.reporter.progress('stage', total)
  await using pool = createWorkerPool<StageJob, FileDigest>(
    new URL('./stage-worker.js', import.meta.url),
    { size: request.parallel },
  )
  const programs = await findPrograms(context.findTool, codecsIn(request.recipes))
  const largestFirst = [...request.recipes].sort((a, b) => b.result.sizeBytes - a.result.sizeBytes)
  try {
    await mapLimit(largestFirst, request.parallel, async (recipe) => {
      const destination = join(request.data, recipe.result.path)
      const { sources, ...job } = recipe
      const made = await pool.run(
        { recipe: job, destination, programs, key: request.key },
        { signal: context.signal },
      )
      if (made.sha256 !== recipe.result.sha256) throw await damage(recipe, sources, made)
      await giveTo(request.owner, destination)
      progress.add(made.sizeBytes)
    })
  } finally {
    progress.end()
  }
  await requireExactly(request)
  for (const directory of directories) await syncDirectory(directory)
}

const codecsIn = (recipes: readonly FileRecipe[]): readonly Codec[] =>
  recipes.flatMap(({ whole }) => whole?.codec ?? [])

const makeDirectories = async (request: BuildRequest): Promise<readonly string[]> => {
  const relative = new Set([''])
  const leaves = request.recipes.map(({ result }) => dirname(result.path))
  for (const leaf of [...request.emptyDirectories, ...leaves]) {
    for (let path = leaf; path !== '.'; path = dirname(path)) relative.add(path)
  }
  const directories = [...relative].sort().map((path) => join(request.data, path))
  for (const directory of directories) {
    await ensureDir(directory, 0o750)
    await giveTo(request.owner, directory)
  }
  return directories
}

/** Names the stored file that is not what it was when it was sealed. */
const damage = async (
  recipe: FileRecipe,
  sources: FileRecipe['sources'],
  made: FileDigest,
): Promise<ClonectlError> => {
  const found: string[] = []
  for (const { file, recorded, backup } of sources) {
    const { sha256 } = await digestFile(file)
    if (sha256 !== recorded.sha256) {
      found.push(`${recorded.path} of ${backup} has sha256 ${sha256}, expected ${recorded.sha256}`)
    }
  }
  const message =
    found.length > 0
      ? `the backup is damaged: ${found.join('; ')}`
      : `${recipe.result.path} came out with sha256 ${made.sha256}, expected ${recipe.result.sha256}`
  return new ClonectlError('INTEGRITY', message, {
    hint: 'restore an older backup, or bring the file back from a copy of the repository',
    details: { path: recipe.result.path, problems: found },
  })
}

const requireExactly = async ({ data, recipes, emptyDirectories }: BuildRequest): Promise<void> => {
  const tree = await listTree(data)
  const expected = recipes.map(({ result }) => `${result.path} ${result.sizeBytes}`).sort()
  const found = tree.files.map((file) => `${file.path} ${file.sizeBytes}`).sort()
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((value, index) => value === b[index])
  if (same(expected, found) && same([...emptyDirectories].sort(), tree.emptyDirectories)) return
  throw new ClonectlError('INTEGRITY', `${data} does not hold exactly what the manifest lists`, {
    hint: 'nothing else may write there while a restore is at work; run it again',
  })
}
