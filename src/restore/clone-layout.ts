// What mysqld must be told to read a data directory, found out from the files: a directory made by
// hand has no server.json beside it.

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { parseTablespaceHeader, TABLESPACE_HEADER_BYTES } from '../innodb/tablespace-header.ts'
import { listTree } from '../system/file-tree.ts'
import type { ServerLayout } from './mysqld-applier.ts'

const MIB = 1024 * 1024

/**
 * Reads the layout of the system tablespace, whose files are called ibdata1 and so on. Throws
 * INTEGRITY when there is none that can be read.
 */
export const readCloneLayout = async (data: string): Promise<ServerLayout> => {
  const files = (await listTree(data)).files
    .filter(({ path }) => /^ibdata\d+$/.test(path))
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
  const sizes = files.map(({ path, sizeBytes }) => `${path}:${Math.floor(sizeBytes / MIB)}M`)
  return {
    // Names are compared by the server only when it opens tables, and no table is opened.
    lower_case_table_names: '0',
    innodb_page_size: String(await readPageBytes(data, files[0]?.path)),
    innodb_data_file_path: `${sizes.join(';')}:autoextend`,
  }
}

const readPageBytes = async (data: string, path: string | undefined): Promise<number> => {
  if (path === undefined) throw noSystemTablespace(data)
  await using file = await open(join(data, path), 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TABLESPACE_HEADER_BYTES), 0)
  const header = parseTablespaceHeader(buffer.subarray(0, bytesRead))
  if (header === undefined) throw noSystemTablespace(data)
  return header.logicalPageSize
}

const noSystemTablespace = (data: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${data} has no system tablespace ibdata1 that can be read`, {
    hint: 'name the data directory of a full; decompress it first: clonectl decompress',
    details: { path: data },
  })
