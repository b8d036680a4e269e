// Seals a backup: everything it stores is listed with size and hash, made durable, and only then
// the manifest is written. Until that moment the backup does not exist.

import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { syncDirectory } from '../system/atomic-file.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo } from '../system/owner.ts'
import { digestFile } from './file-digest.ts'
import { BACKUP_ENTRIES } from './layout.ts'
import type { FileEntry, Manifest, StoredFile } from './manifest.ts'
import { writeManifest } from './manifest-file.ts'
import type { Run } from './run.ts'

/** A manifest before its files are listed. */
export type Unlisted = Omit<Manifest, 'files' | 'emptyDirectories'>

/** Lists, syncs and writes; `dataFiles` are already hashed. Returns the manifest as written. */
export const seal = async (
  run: Run,
  unlisted: Unlisted,
  dataFiles: readonly StoredFile[],
): Promise<Manifest> => {
  const directory = run.paths.directory
  const own = await mapLimit(ownFiles(unlisted), 2, async (path) => ({
    path,
    ...(await digestFile(join(directory, path))),
  }))
  const files = [...own, ...dataFiles]
  const tree = await listTree(directory)
  requireSame(tree, files)
  await giveAway(run, tree)
  await syncDirectories(directory, tree)
  const manifest = { ...unlisted, files, emptyDirectories: [...tree.emptyDirectories] }
  await run.journal.begin('seal')
  await writeManifest(run.paths, manifest)
  await giveTo(run.owner, run.paths.manifest)
  return manifest
}

/** What a backup keeps beside its data. Page hashes only where clonectl makes the increments itself. */
export const ownFiles = ({ engine }: Pick<Manifest, 'engine'>): readonly string[] =>
  engine === 'mysql' ? [BACKUP_ENTRIES.server, BACKUP_ENTRIES.pagemap] : [BACKUP_ENTRIES.server]

/** Backups that root takes stay readable for mysqld's user, who may take the next one. */
const giveAway = async (run: Run, tree: FileTree): Promise<void> => {
  const directories = directoriesOf(tree)
  for (const path of [...directories, ...tree.files.map((file) => file.path)]) {
    await giveTo(run.owner, join(run.paths.directory, path))
  }
}

/** What lies in the directory must be what is about to be vouched for. */
const requireSame = (tree: FileTree, files: readonly FileEntry[]): void => {
  const listed = new Map(files.map((file) => [file.path, file.sizeBytes]))
  const found = new Map(tree.files.map((file) => [file.path, file.sizeBytes]))
  found.delete(BACKUP_ENTRIES.journal)
  const differing = [...new Set([...listed.keys(), ...found.keys()])].filter(
    (path) => listed.get(path) !== found.get(path),
  )
  if (differing.length === 0) return
  throw new ClonectlError(
    'INTEGRITY',
    `files changed while the backup was being made: ${differing.slice(0, 5).join(', ')}`,
    { hint: 'nothing else may write into the repository; take the backup again' },
  )
}

/** The server syncs the files it makes, but not the directories that name them, up to the repository. */
const syncDirectories = async (root: string, tree: FileTree): Promise<void> => {
  for (const directory of ['..', ...directoriesOf(tree)]) await syncDirectory(join(root, directory))
}

/** Every directory of a tree, `.` among them. */
const directoriesOf = (tree: FileTree): ReadonlySet<string> => {
  const directories = new Set(['.'])
  const leaves = tree.files.map((file) => dirname(file.path))
  for (const leaf of [...tree.emptyDirectories, ...leaves]) {
    for (let path = leaf; path !== '.'; path = dirname(path)) directories.add(path)
  }
  return directories
}
