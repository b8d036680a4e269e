// Brings the files of a clone into the repository: by copying them, which shares blocks where the
// filesystem can, or by renaming the directory.

import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { renameDurable } from '../system/atomic-file.ts'
import { copyNewFile } from '../system/copy-new-file.ts'
import { requireSpace } from '../system/disk-space.ts'
import { mapLimit } from '../system/map-limit.ts'
import { syncFile } from '../system/sync-file.ts'
import type { CloneContext } from './context.ts'
import type { FoundClone } from './found-clone.ts'

const COPIERS = 4
/** What mysqld gives its own. */
const DIRECTORY_MODE = 0o750

/** Copies every file durably and the empty directories too. Throws SPACE, CANCELLED. */
export const copyClone = async (
  { reporter, signal }: Pick<CloneContext, 'reporter' | 'signal'>,
  { directory, tree }: FoundClone,
  destination: string,
): Promise<void> => {
  const total = tree.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  await requireSpace(dirname(destination), total, `a copy of ${directory}`)
  const parents = tree.files.map(({ path }) => dirname(path))
  for (const path of new Set(['.', ...parents, ...tree.emptyDirectories]))
    await mkdir(join(destination, path), { recursive: true, mode: DIRECTORY_MODE })
  const progress = reporter.progress('copy', total)
  try {
    await mapLimit(tree.files, COPIERS, async ({ path, sizeBytes }) => {
      signal.throwIfAborted()
      await copyDurably(join(directory, path), join(destination, path))
      progress.add(sizeBytes)
    })
  } finally {
    progress.end()
  }
}

const copyDurably = async (from: string, to: string): Promise<void> => {
  await copyNewFile(from, to)
  await syncFile(to)
}

/** Throws USAGE when the directory cannot be renamed into the repository. */
export const requireSameFilesystem = async (directory: string, root: string): Promise<void> => {
  const [from, to, parent] = await Promise.all(
    [directory, root, dirname(directory)].map((p) => stat(p)),
  )
  if (from?.dev === to?.dev && from?.dev === parent?.dev) return
  throw new ClonectlError('USAGE', `--move: ${directory} and ${root} are not on one filesystem`, {
    hint: 'leave out --move to copy it, and remove it afterwards',
  })
}

/** Renames the directory, durably. */
export const moveClone = (from: string, to: string): Promise<void> => renameDurable(from, to)
