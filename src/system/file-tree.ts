// What a directory holds, all the way down.

import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'

/** A regular file. `path` is relative to the root of the tree, '/'-separated. */
export interface TreeFile {
  readonly path: string
  readonly sizeBytes: number
}

/** Files and empty directories, each sorted by path (by code units, the same in every locale). */
export interface FileTree {
  readonly files: readonly TreeFile[]
  /** Relative paths; the root itself is never among them. */
  readonly emptyDirectories: readonly string[]
}

interface Found {
  readonly files: TreeFile[]
  readonly emptyDirectories: string[]
  /** Links, sockets, devices: what a backup cannot hold. */
  readonly strangers: string[]
}

const visitEntry = async (
  root: string,
  path: string,
  entry: Dirent,
  found: Found,
): Promise<void> => {
  if (entry.isDirectory()) await visit(root, path, found)
  else if (!entry.isFile()) found.strangers.push(path)
  else found.files.push({ path, sizeBytes: (await lstat(join(root, path))).size })
}

const visit = async (root: string, dir: string, found: Found): Promise<void> => {
  const entries = await readdir(join(root, dir), { withFileTypes: true })
  if (entries.length === 0 && dir !== '') found.emptyDirectories.push(dir)
  for (const entry of entries) {
    await visitEntry(root, dir === '' ? entry.name : `${dir}/${entry.name}`, entry, found)
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Lists a directory recursively; it may itself be reached through a symbolic link. Throws
 * INTEGRITY naming every symbolic link and special file in it, because what they stand for would
 * be neither copied nor checked.
 */
export const listTree = async (dir: string): Promise<FileTree> => {
  const found: Found = { files: [], emptyDirectories: [], strangers: [] }
  await visit(dir, '', found)
  if (found.strangers.length > 0) {
    const strangers = found.strangers.sort(byCodeUnits)
    throw new ClonectlError(
      'INTEGRITY',
      `${dir} holds what is neither a file nor a directory: ${strangers.join(', ')}`,
      {
        hint: 'Symbolic links and special files do not belong there.',
        details: { dir, strangers },
      },
    )
  }
  return {
    files: found.files.sort((a, b) => byCodeUnits(a.path, b.path)),
    emptyDirectories: found.emptyDirectories.sort(byCodeUnits),
  }
}
