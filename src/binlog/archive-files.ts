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

/**
 * Those with the name of a binlog, in the order of their numbers; none when there is no such directory. What
 * an expiry or a puller takes away meanwhile is left out.
 */
export const binlogsIn = async (directory: string): Promise<readonly ArchiveFile[]> => {
  const names = (await namesIn(directory)).filter((name) => parseBinlogName(name) !== undefined)
  const files = names.sort(byBinlogName).map(async (name): Promise<readonly ArchiveFile[]> => {
    const path = join(directory, name)
    const stats = await unlessGone(stat(path))
    return stats === undefined ? [] : [{ name, path, sizeBytes: stats.size }]
  })
  return (await Promise.all(files)).flat()
}

/** Every name in a directory; none when there is no such directory. */
export const namesIn = async (directory: string): Promise<readonly string[]> =>
  (await unlessGone(readdir(directory))) ?? []

/** Undefined for what is not there, or not there any more. */
export const unlessGone = async <Result>(reading: Promise<Result>): Promise<Result | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}
