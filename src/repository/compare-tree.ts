// What lies in a backup's directory against what its manifest lists: by name, kind and size. No data
// is read.

import { dirname } from 'node:path/posix'
import { isTemporaryName } from '../system/atomic-file.ts'
import { type BackupTree, readBackupTree } from './backup-tree.ts'
import { isDrillPath } from './drill-file.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import type { Manifest, StoredFile } from './manifest.ts'
import { type FileProblem, fileProblem, mismatch } from './verify-problem.ts'

/** What clonectl keeps beside what it has sealed; no manifest covers it. */
export const uncoveredFiles = [
  BACKUP_ENTRIES.journal,
  BACKUP_ENTRIES.verified,
  BACKUP_ENTRIES.notes,
  BACKUP_ENTRIES.drills,
] as const

export interface Comparison {
  readonly problems: readonly FileProblem[]
  /** Listed files that are there in their size: worth reading. */
  readonly present: readonly StoredFile[]
}

/** Compares; throws only what the system refuses besides a directory that cannot be read. */
export const compareTree = async (
  paths: BackupPaths,
  manifest: Pick<Manifest, 'files' | 'emptyDirectories'>,
): Promise<Comparison> => {
  const known = knownDirectories(manifest)
  const isKnown = (path: string): boolean => known.has(path) || path === BACKUP_ENTRIES.drills
  const tree = await readBackupTree(paths.directory, isKnown)
  const isHidden = hiddenIn(tree)
  const present = manifest.files.filter((file) => tree.files.get(file.path) === file.sizeBytes)
  return {
    present,
    problems: [
      ...[...tree.unreadable].map(([path, why]) =>
        fileProblem(path, 'UNREADABLE', `cannot be read, nor what is in it: ${why}`),
      ),
      ...tree.strangers.map((path) =>
        fileProblem(path, 'NOT_A_FILE', 'is neither a file nor a directory'),
      ),
      ...manifest.files.filter(({ path }) => !isHidden(path)).flatMap((file) => look(tree, file)),
      ...missingDirectories(tree, manifest).filter(({ file }) => !isHidden(file ?? '')),
      ...surplusFiles(tree, manifest),
      ...surplusDirectories(tree, manifest),
    ],
  }
}

const parentsOf = (path: string): readonly string[] => {
  const parents: string[] = []
  for (let at = dirname(path); at !== '.'; at = dirname(at)) parents.push(at)
  return parents
}

const knownDirectories = ({
  files,
  emptyDirectories,
}: Pick<Manifest, 'files' | 'emptyDirectories'>): ReadonlySet<string> => {
  const known = new Set<string>(emptyDirectories)
  let last = ''
  for (const path of [...files.map((file) => file.path), ...emptyDirectories]) {
    // Files come directory by directory: most have the parents of the one before.
    if (dirname(path) === last) continue
    last = dirname(path)
    for (const parent of parentsOf(path)) known.add(parent)
  }
  return known
}

/** What lies below something that could not be looked into is not missing: nobody knows. */
const hiddenIn = (tree: BackupTree): ((path: string) => boolean) => {
  const closed = new Set([...tree.unreadable.keys(), ...tree.strangers])
  if (closed.size === 0) return () => false
  return (path) =>
    closed.has('') || closed.has(path) || parentsOf(path).some((parent) => closed.has(parent))
}

const look = (tree: BackupTree, { path, sizeBytes }: StoredFile): readonly FileProblem[] => {
  const found = tree.files.get(path)
  if (found === sizeBytes) return []
  if (found !== undefined)
    return [mismatch(path, 'SIZE', 'has a size in bytes of', [found, sizeBytes])]
  if (tree.directories.has(path) || tree.unknown.includes(path))
    return [fileProblem(path, 'NOT_A_FILE', 'is a directory, expected a file')]
  return [fileProblem(path, 'FILE_MISSING', 'is missing')]
}

const missingDirectories = (
  tree: BackupTree,
  { emptyDirectories }: Pick<Manifest, 'emptyDirectories'>,
): readonly FileProblem[] =>
  emptyDirectories
    .filter((path) => !tree.directories.has(path))
    .map((path) => fileProblem(path, 'DIRECTORY_MISSING', 'is missing; it is an empty directory'))

/** Those that take the place of a file are told as such already. */
const surplusDirectories = (
  tree: BackupTree,
  { files }: Pick<Manifest, 'files'>,
): readonly FileProblem[] => {
  const listed = new Set(tree.unknown.length === 0 ? [] : files.map((file) => file.path))
  return tree.unknown
    .filter((path) => !listed.has(path))
    .map((path) => fileProblem(path, 'DIRECTORY_SURPLUS', 'is not in the manifest'))
}

const surplusFiles = (
  tree: BackupTree,
  { files }: Pick<Manifest, 'files'>,
): readonly FileProblem[] => {
  const listed = new Set(files.map((file) => file.path))
  return [...tree.files.keys()]
    .filter((path) => !listed.has(path) && !isOwn(path))
    .sort()
    .map((path) => fileProblem(path, 'FILE_SURPLUS', 'is not in the manifest'))
}

/** The manifest itself, what it does not cover, and what a run that died left of writing these. */
const isOwn = (path: string): boolean => {
  if (isDrillPath(path)) return true
  const { manifest, journal, verified } = BACKUP_ENTRIES
  const own: readonly string[] = [manifest, journal, verified]
  return own.some((name) => path === name || (path.startsWith(`${name}.`) && isTemporaryName(path)))
}
