// Keeps of a scanned staging directory what the increment is made of: a .meta beside every
// .delta, and every file that is no tablespace whole.

import { ensureDir } from 'fs-extra/esm'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hash } from 'node:crypto'
import { formatMeta } from '../innodb/meta-file.ts'
import type { BackupPaths } from '../repository/layout.ts'
import type { DeltaEntry, FileEntry } from '../repository/manifest.ts'
import type { FileTree } from '../system/file-tree.ts'
import type { ScannedFile } from './clone-scan.ts'

export interface KeptIncrement {
  readonly files: readonly FileEntry[]
  readonly deltas: readonly DeltaEntry[]
}

/** Makes the directories of the clone below `data`, empty ones too. */
export const makeIncrementDirectories = async (data: string, tree: FileTree): Promise<void> => {
  const directories = new Set(tree.files.map((file) => dirname(file.path)))
  for (const directory of [...directories, ...tree.emptyDirectories]) {
    await ensureDir(join(data, directory), 0o750)
  }
}

/** Moves and writes what is kept; returns what is stored, paths relative to the backup. */
export const keepIncrement = async (
  paths: BackupPaths,
  scanned: readonly ScannedFile[],
): Promise<KeptIncrement> => {
  const files: FileEntry[] = []
  const deltas: DeltaEntry[] = []
  for (const file of scanned) {
    const delta = deltaEntry(file)
    if (delta !== undefined) deltas.push(delta)
    files.push(...(await keepFile(paths, file)))
  }
  return { files, deltas }
}

const deltaEntry = ({ path, tablespace, delta }: ScannedFile): DeltaEntry | undefined =>
  tablespace === undefined || delta === undefined
    ? undefined
    : {
        path,
        spaceId: tablespace.spaceId,
        pageBytes: tablespace.physicalPageSize,
        pages: delta.pages,
        fresh: delta.fresh,
      }

const keepFile = async (paths: BackupPaths, file: ScannedFile): Promise<readonly FileEntry[]> => {
  const { path, tablespace, delta } = file
  if (tablespace === undefined || delta === undefined) {
    await rename(join(paths.staging, path), join(paths.data, path))
    return [{ path: `data/${path}`, sizeBytes: file.sizeBytes, sha256: file.sha256 }]
  }
  const meta = formatMeta({
    pageSize: tablespace.physicalPageSize,
    zipSize: tablespace.zipPageSize,
    spaceId: tablespace.spaceId,
    spaceFlags: tablespace.flags,
  })
  await writeDurably(join(paths.data, `${path}.meta`), meta)
  return [
    { path: `data/${path}.delta`, sizeBytes: delta.sizeBytes, sha256: delta.sha256 },
    { path: `data/${path}.meta`, sizeBytes: Buffer.byteLength(meta), sha256: hash('sha256', meta) },
  ]
}

const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'wx', 0o640)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
