// Small files that are there whole or not at all, also after a crash or a power cut: written under
// a temporary name in the same directory, synced, renamed, and the directory synced.

import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A name beside `path` that nobody else uses. A run that died may leave a file of this name. */
export const temporaryNameFor = (path: string): string => `${path}.${randomUUID()}.tmp`

/** Says whether a name is one of `temporaryNameFor`: without a running clonectl, it can be removed. */
export const isTemporaryName = (name: string): boolean =>
  /\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/.test(name)

/** Makes the entries of a directory last: what was created, renamed or removed in it. */
export const syncDirectory = async (dir: string): Promise<void> => {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Creates a file that must not exist yet, with exactly this mode whatever the umask, and syncs it.
 * The directory's entry of it is not synced.
 */
export const writeNewFile = async (
  path: string,
  data: string | Buffer,
  mode: number,
): Promise<void> => {
  const handle = await open(path, 'wx', mode)
  try {
    await handle.chmod(mode)
    await handle.writeFile(data)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Renames, replacing what was at `to`, and makes it last. Both must be on one filesystem. */
export const renameDurable = async (from: string, to: string): Promise<void> => {
  await rename(from, to)
  await syncDirectory(dirname(to))
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from))
}

/** Writes a file or replaces it; readers and crashes see the old contents or the new, whole. */
export const writeFileAtomic = async (
  path: string,
  data: string | Buffer,
  mode = 0o640,
): Promise<void> => {
  const temporary = temporaryNameFor(path)
  try {
    await writeNewFile(temporary, data, mode)
    await renameDurable(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
