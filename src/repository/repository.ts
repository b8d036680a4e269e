// Opens a repository, or makes one where there is nothing yet.

import { ensureDir } from 'fs-extra/esm'
import { readdir, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { isTemporaryName, writeFileAtomic } from '../system/atomic-file.ts'
import type { Clock } from '../system/clock.ts'
import { readJsonFile } from './json-file.ts'
import { layoutOf, REPOSITORY_FORMAT, type RepositoryLayout } from './layout.ts'

const headerSchema = z.object({
  format: z.literal(REPOSITORY_FORMAT),
  created: z.iso.datetime(),
})

/** Opens the repository at `path`. Throws REPOSITORY_MISSING, REPOSITORY_UNREADABLE or REPOSITORY_NEWER. */
export const openRepository = async (path: string): Promise<RepositoryLayout> => {
  const layout = layoutOf(await existingDirectory(path))
  if (await hasHeader(layout)) return layout
  throw new ClonectlError(
    'REPOSITORY_MISSING',
    `${layout.root} is not a clonectl repository: it has no repository.json`,
    { hint: 'check --repo; clonectl full makes a repository in an empty directory' },
  )
}

/** Opens the repository at `path`, making it when the directory is missing or empty. */
export const openOrMakeRepository = async (
  path: string,
  clock: Clock,
): Promise<{ readonly layout: RepositoryLayout; readonly made: boolean }> => {
  const root = resolve(path)
  await ensureDir(root, 0o750)
  const entries = await readdir(root)
  // A run killed while it made the repository leaves at most the temporary file of repository.json.
  if (!entries.every(isTemporaryName)) return { layout: await openRepository(root), made: false }
  const layout = layoutOf(await realpath(root))
  await writeHeader(layout, clock)
  return { layout, made: true }
}

/** Writes repository.json, which makes the directory a repository. */
export const writeHeader = async (layout: RepositoryLayout, clock: Clock): Promise<void> => {
  const header = { format: REPOSITORY_FORMAT, created: clock.now().toISOString() }
  await writeFileAtomic(layout.header, `${JSON.stringify(header)}\n`)
}

/** Whether repository.json is there. Throws REPOSITORY_UNREADABLE or REPOSITORY_NEWER. */
export const hasHeader = async ({ header }: RepositoryLayout): Promise<boolean> =>
  (await readJsonFile(headerSchema, header)) !== undefined

/** Real path of the directory a repository is in, or should be. Throws REPOSITORY_MISSING. */
export const existingDirectory = async (path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') && !hasSystemCode(error, 'ENOTDIR')) throw error
    throw new ClonectlError('REPOSITORY_MISSING', `there is no repository at ${resolve(path)}`, {
      hint: 'check --repo; clonectl full makes a repository',
    })
  }
}
