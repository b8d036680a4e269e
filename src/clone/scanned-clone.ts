// A scanned clone as its manifest lists it: stored file by file, and restored to the same files.

import type { FileEntry, Manifest } from '../repository/manifest.ts'
import type { FileTree } from '../system/file-tree.ts'
import type { ScannedFile } from './clone-scan.ts'

/** Files of a full, where the backup keeps them. */
export const storedFiles = (scanned: readonly ScannedFile[]): readonly FileEntry[] =>
  scanned.map((file) => ({ ...entryOf(file), path: `data/${file.path}` }))

/** What the data directory is after a restore. */
export const scannedResult = (
  { emptyDirectories }: FileTree,
  scanned: readonly ScannedFile[],
): NonNullable<Manifest['result']> => ({
  files: scanned.map(entryOf),
  emptyDirectories: [...emptyDirectories],
})

const entryOf = ({ path, sizeBytes, sha256 }: ScannedFile): FileEntry => ({
  path,
  sizeBytes,
  sha256,
})
