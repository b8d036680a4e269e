// Temporary files at the top of a repository: what a run leaves that dies before it gives its lock
// or its repository.json the real name.

import { remove } from 'fs-extra/esm'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import type { RepositoryLayout } from './layout.ts'

/** A run at work needs milliseconds from making such a file to renaming it. */
const LONGEST_USE_MS = 60_000

/** Removes those that nobody can be at work on any more; returns their names. */
export const removeTemporaries = async (
  layout: Pick<RepositoryLayout, 'root'>,
  now: Date,
): Promise<readonly string[]> => {
  const removed: string[] = []
  for (const name of (await readdir(layout.root)).filter(isTemporaryName)) {
    if (!(await isOld(join(layout.root, name), now))) continue
    await remove(join(layout.root, name))
    removed.push(name)
  }
  return removed
}

const isOld = async (path: string, now: Date): Promise<boolean> => {
  try {
    return now.getTime() - (await lstat(path)).mtimeMs > LONGEST_USE_MS
  } catch (error) {
    // Its run has just renamed it.
    if (hasSystemCode(error, 'ENOENT')) return false
    throw error
  }
}
