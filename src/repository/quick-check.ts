// A look at whether a sealed backup's files are still there in their sizes. Cheap enough to make
// before every increment; it reads no data.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { BackupPaths } from './layout.ts'
import type { FileEntry, Manifest } from './manifest.ts'

const LOOKS_AT_ONCE = 16

/** What is missing or has another size, one sentence each. */
export const quickCheck = async (
  paths: BackupPaths,
  manifest: Manifest,
): Promise<readonly string[]> => {
  const problems = await mapLimit(manifest.files, LOOKS_AT_ONCE, (file) => look(paths, file))
  return problems.filter((problem) => problem !== undefined)
}

const look = async (paths: BackupPaths, file: FileEntry): Promise<string | undefined> => {
  try {
    const found = await lstat(join(paths.directory, file.path))
    if (!found.isFile()) return `${file.path} is no regular file`
    if (found.size === file.sizeBytes) return undefined
    return `${file.path} has ${found.size} bytes, expected ${file.sizeBytes}`
  } catch (error) {
    const isMissing = hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR')
    if (isMissing) return `${file.path} is missing`
    throw error
  }
}
