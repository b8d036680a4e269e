// The contents of a merged full: the data directory as a restore of the tip makes it, and the files
// that the tip keeps beside its own.

import { remove } from 'fs-extra/esm'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { digestFile } from '../repository/file-digest.ts'
import { type FileEntry, type Manifest, sumBytes } from '../repository/manifest.ts'
import { createProvingPool } from '../repository/proving-pool.ts'
import type { Run } from '../repository/run.ts'
import { ownFiles } from '../repository/seal.ts'
import { copyNewFile } from '../system/copy-new-file.ts'
import { listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { syncFile } from '../system/sync-file.ts'
import { makeData } from './make-data.ts'
import type { MergeSource } from './merge-chain-source.ts'
import type { RestoreContext } from './request.ts'
import { settingsOf } from './settings-of.ts'

/** What a data directory holds: what the manifest records as the result of a restore. */
export type MergedResult = NonNullable<Manifest['result']>

export interface MergeWork {
  readonly run: Run
  readonly source: MergeSource
  /** Files worked on at once. */
  readonly parallel: number
}

/** Makes the data of the full. Throws INTEGRITY, PROCESS or CANCELLED. */
export const makeMergedData = async (
  context: RestoreContext,
  work: MergeWork,
): Promise<MergedResult> => {
  const { run, source, parallel } = work
  const { data, staging } = run.paths
  const { tip, selection, key } = source
  await run.journal.begin('stage')
  await mkdir(staging, { mode: 0o750 })
  const stage = {
    ...{ data, directory: staging, journal: run.journal },
    increment: join(staging, 'increment'),
  }
  const settings = await settingsOf(tip)
  const { owner } = run
  await makeData(
    context,
    { apply: 'native', parallel },
    {
      ...{ stage, selection, owner, settings, key },
    },
  )
  await remove(staging)
  return selection.recipes === undefined
    ? listResult(context, work)
    : {
        files: selection.recipes.map(({ result }) => result),
        emptyDirectories: tip.manifest.result?.emptyDirectories ?? [],
      }
}

/** Of what was applied, each page was proved, but nobody knew before what the files would be. */
const listResult = async (
  { reporter, signal }: RestoreContext,
  { run, parallel }: MergeWork,
): Promise<MergedResult> => {
  await run.journal.begin('hash')
  const { data } = run.paths
  const tree = await listTree(data)
  const progress = reporter.progress('hash', sumBytes(tree.files))
  await using pool = createProvingPool(parallel)
  try {
    const files = await mapLimit(tree.files, parallel, async ({ path }): Promise<FileEntry> => {
      const file = join(data, path)
      await syncFile(file)
      const { sizeBytes, sha256 } = await pool.run(
        { file, codec: undefined, meta: undefined },
        { signal },
      )
      progress.add(sizeBytes)
      return { path, sizeBytes, sha256 }
    })
    return { files, emptyDirectories: [...tree.emptyDirectories] }
  } finally {
    progress.end()
  }
}

/** The settings and the page hashes are those of the tip. Throws INTEGRITY when they were changed. */
export const copyTipFiles = async (run: Run, { tip }: MergeSource): Promise<void> => {
  const { manifest, paths } = tip
  for (const path of ownFiles(manifest)) {
    const copy = join(run.paths.directory, path)
    await copyNewFile(join(paths.directory, path), copy)
    await syncFile(copy)
    const recorded = manifest.files.find((file) => file.path === path)
    const { sha256 } = await digestFile(copy)
    if (recorded?.sha256 !== sha256) throw changed(manifest.id, path, recorded?.sha256, sha256)
  }
}

const changed = (
  id: string,
  path: string,
  expected: string | undefined,
  actual: string,
): ClonectlError =>
  new ClonectlError(
    'INTEGRITY',
    `${id} is damaged: ${path} has sha256 ${actual}, expected ${expected ?? 'none'}`,
    {
      hint: 'merge another backup, or bring the file back from a copy of the repository',
      details: { backup: id, path, expected, actual },
    },
  )
