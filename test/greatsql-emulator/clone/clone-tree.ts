// What a clone made by the real server holds, and where the parts of it belong.
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isTablespaceName,
  readTablespace,
  TABLESPACE_HEADER_BYTES,
  type Tablespace,
} from '../formats/page.ts'

export interface TablespaceFile extends Tablespace {
  /** Relative, with slashes. */
  readonly path: string
  readonly sizeBytes: number
}

export interface CloneTree {
  readonly dir: string
  readonly tablespaces: readonly TablespaceFile[]
  /** Other files to be copied, such as ib_buffer_pool. */
  readonly others: readonly string[]
  /** Names within #innodb_redo. */
  readonly redo: readonly string[]
  /** Relative paths of all directories but #clone and #innodb_redo. */
  readonly directories: readonly string[]
}

const readHeader = async (dir: string, path: string): Promise<TablespaceFile | undefined> => {
  const file = await open(join(dir, path))
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TABLESPACE_HEADER_BYTES), 0)
    const header = readTablespace(buffer.subarray(0, bytesRead))
    const { size: sizeBytes } = await file.stat()
    return header && { ...header, path, sizeBytes }
  } finally {
    await file.close()
  }
}

/** Files of the real server's own bookkeeping are not part of the data. */
const isOwn = (path: string): boolean => path.startsWith('#clone')

/** Looks at a finished clone of the real server. */
export const readCloneTree = async (dir: string): Promise<CloneTree> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const relative = (entry: { parentPath: string; name: string }): string =>
    join(entry.parentPath, entry.name).slice(dir.length + 1)
  const files = entries
    .filter((entry) => entry.isFile())
    .map(relative)
    .sort()
  const tablespaces: TablespaceFile[] = []
  const others: string[] = []
  for (const path of files.filter((file) => !isOwn(file) && !file.startsWith('#innodb_redo/'))) {
    const header = isTablespaceName(path) ? await readHeader(dir, path) : undefined
    if (header) tablespaces.push(header)
    else others.push(path)
  }
  return {
    dir,
    tablespaces,
    others,
    redo: files.flatMap((file) => /^#innodb_redo\/(#ib_redo\d+)$/.exec(file)?.[1] ?? []),
    directories: entries
      .filter((entry) => entry.isDirectory())
      .map(relative)
      .filter((path) => !isOwn(path) && path !== '#innodb_redo')
      .sort(),
  }
}
