// Which tablespace files a data directory holds, told by their first pages.

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { readSpaceHeader, SPACE_HEADER_BYTES } from '../innodb/space-header.ts'
import { mapLimit } from '../system/map-limit.ts'

export interface TablespaceFile {
  /** Relative to the data directory. */
  readonly path: string
  /** Undefined where the first page does not tell. */
  readonly spaceId: number | undefined
  /** FSP_SIZE, in pages. */
  readonly sizePages: number
  readonly sizeBytes: number
  /** Names the file itself: a file that is renamed keeps it. */
  readonly inode: number
}

const AT_ONCE = 16

/** Names of the files that the server takes away when no delta is for them (arch0apply.cc). */
const removable = /\.ib[du]\d*$/

/**
 * Whether an apply deletes this file unless a delta belongs to it: tables and undo tablespaces in
 * the data directory and in the directories in it, not deeper.
 */
export const isRemovable = (path: string): boolean =>
  removable.test(path) && path.split('/').length <= 2

/** Reads the first page of one file. */
export const readTablespaceFile = async (data: string, path: string): Promise<TablespaceFile> => {
  const file = await open(join(data, path), 'r')
  try {
    const { size, ino } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SPACE_HEADER_BYTES), 0)
    const header = readSpaceHeader(buffer.subarray(0, bytesRead))
    return {
      path,
      spaceId: header?.spaceId,
      sizePages: header?.sizePages ?? 0,
      sizeBytes: size,
      inode: ino,
    }
  } finally {
    await file.close()
  }
}

/** Reads those of `paths`; they exist. */
export const readTablespaceFiles = (
  data: string,
  paths: readonly string[],
): Promise<readonly TablespaceFile[]> =>
  mapLimit(paths, AT_ONCE, (path) => readTablespaceFile(data, path))
