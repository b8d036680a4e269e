// The binlogs that lie in one directory of an archive.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { byBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'

export interface ArchiveFile {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
}

/** Those with the name of a binlog, in the order of their numbers; none when there is no such directory. */
export const binlogsIn = async (directory: string): Promise<readonly ArchiveFile[]> => {
  const names = (await namesIn(directory)).filter((name) => parseBinlogName(name) !== undefined)
  const files = names.sort(byBinlogName).map(async (name): Promise<ArchiveFile> => {
    const path = join(directory, name)
    return { name, path, sizeBytes: (await stat(path)).size }
  })
  return Promise.all(files)
}

const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return []
    throw error
  }
}
