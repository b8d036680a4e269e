// Works out what each file of a restored data directory is made of: which stored file it begins
// with, and which deltas lie over it, newest first.

import { join } from 'node:path'
import type { Codec } from '../codec/codec.ts'
import { ClonectlError } from '../errors.ts'
import type { BackupPaths } from '../repository/layout.ts'
import type { FileEntry, Manifest, StoredFile } from '../repository/manifest.ts'
import { type StoredForm, storedFormOf } from '../repository/stored-form.ts'

/** A sealed backup with where it lies. */
export interface SealedBackup {
  readonly manifest: Manifest
  readonly paths: BackupPaths
}

/** Changed pages laid over what is below. */
export interface DeltaLayer {
  /** Absolute path of the .delta file. */
  readonly file: string
  /** What it is compressed with. */
  readonly codec?: Codec | undefined
  /** What it is encrypted under; undefined for a file that is not. */
  readonly boundName?: string | undefined
  readonly pageBytes: number
  readonly pages: number
  /** Pages from this byte of the tablespace on are void: a newer state was shorter. */
  readonly limitBytes: number
}

/** A stored file at the bottom. */
export interface WholeFile {
  /** Absolute path. */
  readonly file: string
  /** What it is compressed with. */
  readonly codec?: Codec | undefined
  /** What it is encrypted under; undefined for a file that is not. */
  readonly boundName?: string | undefined
  /** Bytes from here on are void: a newer state was shorter. */
  readonly limitBytes: number
}

/** How one file of the data directory is made. */
export interface FileRecipe {
  /** Path in the data directory, size and hash that the file must have. */
  readonly result: FileEntry
  /** A stored file that its first bytes come from; undefined when deltas alone make it. */
  readonly whole: WholeFile | undefined
  /** Newest first. */
  readonly deltas: readonly DeltaLayer[]
  /** Every stored file it is made of, for naming a damaged one. */
  readonly sources: readonly SourceFile[]
}

export interface SourceFile {
  readonly backup: string
  /** Absolute path. */
  readonly file: string
  readonly codec: Codec | undefined
  readonly boundName: string | undefined
  readonly recorded: FileEntry
}

/**
 * Whether the newest backup says what every file must be in the end. It cannot when the server made
 * its pages: then they have to be applied, and only the outcome can be judged.
 */
export const isKnownResult = (lineage: readonly SealedBackup[]): boolean =>
  (lineage.at(-1)?.manifest.result ?? null) !== null

/**
 * One recipe for each file of the newest backup's result, which is known. `lineage` is oldest first.
 */
export const fileRecipes = (lineage: readonly SealedBackup[]): readonly FileRecipe[] => {
  const indexed = lineage.map(indexBackup)
  return (lineage.at(-1)?.manifest.result?.files ?? []).map((result) => recipeOf(result, indexed))
}

interface IndexedBackup extends SealedBackup {
  /** By the name it has when it is neither compressed nor encrypted. */
  readonly stored: ReadonlyMap<string, Stored>
  readonly deltas: ReadonlyMap<string, Manifest['deltas'][number]>
  readonly resultSizes: ReadonlyMap<string, number>
}

const indexBackup = (backup: SealedBackup): IndexedBackup => ({
  ...backup,
  stored: new Map(backup.manifest.files.map((file) => storedEntry(backup.manifest, file))),
  deltas: new Map(backup.manifest.deltas.map((delta) => [delta.path, delta])),
  resultSizes: new Map(
    (backup.manifest.result?.files ?? []).map((file) => [file.path, file.sizeBytes]),
  ),
})

interface Stored extends Pick<StoredForm, 'codec' | 'boundName'> {
  readonly recorded: FileEntry
}

const storedEntry = (manifest: Manifest, recorded: StoredFile): readonly [string, Stored] => {
  const { plainPath, ...form } = storedFormOf(manifest, recorded)
  return [plainPath, { recorded, ...form }]
}

const recipeOf = (result: FileEntry, lineage: readonly IndexedBackup[]): FileRecipe => {
  const deltas: DeltaLayer[] = []
  const sources: SourceFile[] = []
  let limitBytes = result.sizeBytes
  for (const backup of [...lineage].reverse()) {
    // What a shorter state in between cut off must not come back from an older one.
    limitBytes = Math.min(limitBytes, backup.resultSizes.get(result.path) ?? 0)
    const delta = backup.deltas.get(result.path)
    const source = sourceIn(backup, `data/${result.path}${delta === undefined ? '' : '.delta'}`)
    sources.push(source)
    if (delta === undefined) {
      const { file, codec, boundName } = source
      return { result, whole: { file, codec, boundName, limitBytes }, deltas, sources }
    }
    const { pageBytes, pages } = delta
    const { file, codec, boundName } = source
    if (pages > 0) deltas.push({ file, codec, boundName, pageBytes, pages, limitBytes })
    if (delta.fresh) return { result, whole: undefined, deltas, sources }
  }
  throw new ClonectlError('CHAIN_BROKEN', `nothing in the chain holds ${result.path} as a whole`, {
    hint: 'restore an older backup of the chain: clonectl chain show',
    details: { path: result.path },
  })
}

const sourceIn = (backup: IndexedBackup, path: string): SourceFile => {
  const stored = backup.stored.get(path)
  const { id } = backup.manifest
  if (stored !== undefined) {
    return { backup: id, file: join(backup.paths.directory, stored.recorded.path), ...stored }
  }
  throw new ClonectlError('CHAIN_BROKEN', `the manifest of ${id} does not list ${path}`, {
    hint: 'restore an older backup of the chain: clonectl chain show',
    details: { backup: id, path },
  })
}
