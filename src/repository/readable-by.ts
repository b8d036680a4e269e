// Whether a user could read everything in a directory, told by owners and modes: root, who takes backups,
// reads everything, and mysqld, which runs as another user, does not.

import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mapLimit } from '../system/map-limit.ts'
import type { Owner } from '../system/owner.ts'

const LOOKS_AT_ONCE = 16
const READ = 4
const SEARCH = 5

/** Files and directories below `directory`, itself included, that `user` could not read. */
export const unreadableFor = async (user: Owner, directory: string): Promise<readonly string[]> => {
  if (user.uid === 0) return []
  const below = await readdir(directory, { recursive: true })
  const paths = [directory, ...below.map((path) => join(directory, path))]
  const readable = await mapLimit(paths, LOOKS_AT_ONCE, (path) => canRead(user, path))
  return paths.filter((_, index) => readable[index] === false)
}

const canRead = async (user: Owner, path: string): Promise<boolean> => {
  const found = await lstat(path)
  const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0
  const needed = found.isDirectory() ? SEARCH : READ
  return ((found.mode >> shift) & needed) === needed
}
