// What lies in a backup's directory, whatever it is. Unlike `listTree` it refuses nothing: who verifies
// wants everything that is wrong, not only the first.

import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { mapLimit } from '../system/map-limit.ts'

/** Paths are relative to the backup's directory, '/'-separated. */
export interface BackupTree {
  /** Regular files with their sizes in bytes. */
  readonly files: ReadonlyMap<string, number>
  /** Directories that were looked into. */
  readonly directories: ReadonlySet<string>
  /** Directories that nobody knows; what is in them was not looked at. */
  readonly unknown: readonly string[]
  /** Links, sockets, devices. */
  readonly strangers: readonly string[]
  /** Directories that could not be read, and why. */
  readonly unreadable: ReadonlyMap<string, string>
}

interface Growing {
  readonly files: Map<string, number>
  readonly directories: Set<string>
  readonly unknown: string[]
  readonly strangers: string[]
  readonly unreadable: Map<string, string>
}

const LOOKS_AT_ONCE = 16

/** Looks through the directory; `isKnown` says which directories in it are worth looking into. */
export const readBackupTree = async (
  root: string,
  isKnown: (path: string) => boolean,
): Promise<BackupTree> => {
  const found: Growing = {
    files: new Map(),
    directories: new Set(),
    unknown: [],
    strangers: [],
    unreadable: new Map(),
  }
  const waiting = ['']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    waiting.push(...(await visit(root, path, found)).filter(isKnown))
  }
  found.unknown.push(...[...found.directories].filter((path) => path !== '' && !isKnown(path)))
  for (const path of found.unknown) found.directories.delete(path)
  return found
}

/** Notes what is in one directory; returns the directories in it. */
const visit = async (root: string, path: string, found: Growing): Promise<readonly string[]> => {
  const within = (name: string): string => (path === '' ? name : `${path}/${name}`)
  const entries = await entriesOf(root, path, found)
  const directories = entries.filter((entry) => entry.isDirectory()).map(({ name }) => within(name))
  for (const directory of directories) found.directories.add(directory)
  for (const entry of entries) {
    if (!entry.isDirectory() && !entry.isFile()) found.strangers.push(within(entry.name))
  }
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => within(name))
  const sizes = await mapLimit(files, LOOKS_AT_ONCE, (file) => sizeOf(join(root, file)))
  files.forEach((file, index) => {
    const size = sizes[index]
    if (size !== undefined) found.files.set(file, size)
  })
  return directories
}

const entriesOf = async (
  root: string,
  path: string,
  found: Growing,
): Promise<readonly Dirent[]> => {
  try {
    return await readdir(join(root, path), { withFileTypes: true })
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') && path !== '') return []
    if (!(error instanceof Error)) throw error
    found.unreadable.set(path, error.message)
    return []
  }
}

/** Undefined for a file that went away meanwhile. */
const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await lstat(path)).size
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}
