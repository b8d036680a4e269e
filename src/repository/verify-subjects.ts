// The files of a backup as verification sees them: what each one is, and how it is to be read.

import { join } from 'node:path'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import type { Manifest, StoredFile } from './manifest.ts'
import { readStoredPath, type StoredPath } from './stored-kind.ts'
import type { DeltaForm, VerifyJob } from './verify-file.ts'

export interface Subject {
  readonly entry: StoredFile
  /** What it is in the data directory; undefined for files beside that. */
  readonly stored: StoredPath | undefined
}

const DATA = `${BACKUP_ENTRIES.data}/`

/** Takes the path of a stored file apart. */
export const subjectOf = (entry: StoredFile): Subject => ({
  entry,
  stored: entry.path.startsWith(DATA) ? readStoredPath(entry.path.slice(DATA.length)) : undefined,
})

/** Small, and read by everybody who comes near the backup: always verified. */
const MAX_TEXT_BYTES = 1024 * 1024

/** Files of text, whose meaning is verified besides their bytes. */
export const isText = ({ entry, stored }: Subject): boolean =>
  entry.sizeBytes <= MAX_TEXT_BYTES &&
  (stored === undefined
    ? entry.path === BACKUP_ENTRIES.server
    : stored.kind === 'meta' || stored.kind === 'marker')

export interface ReadingRules {
  readonly paths: BackupPaths
  readonly deep: boolean
  /** innodb_page_size. */
  readonly pageBytes: number
  /** By tablespace. */
  readonly deltaForms: ReadonlyMap<string, DeltaForm>
}

/** How a file is read. Without recorded content it is not compressed, whatever its name says. */
export const jobFor = (
  { entry, stored }: Subject,
  { paths, deep, pageBytes, deltaForms }: ReadingRules,
): VerifyJob => {
  const isPlain = stored?.encrypted === false
  const isTablespace = isPlain && stored.kind === 'other' && isTablespaceName(stored.plainName)
  return {
    file: join(paths.directory, entry.path),
    sizeBytes: entry.sizeBytes,
    codec: entry.content === undefined ? undefined : stored?.codec,
    delta: isPlain && stored.kind === 'delta' ? deltaForms.get(stored.tablespace ?? '') : undefined,
    pageBytes: isTablespace ? pageBytes : undefined,
    deep,
  }
}

/** What is compressed or encrypted and cannot be looked into: its own hash is all that is verified. */
export const isSealedShut = ({ stored }: Subject): boolean => stored?.encrypted === true

/** The deltas of a manifest by their tablespace. */
export const deltasOf = ({ deltas }: Manifest): ReadonlyMap<string, Manifest['deltas'][number]> =>
  new Map(deltas.map((delta) => [delta.path, delta]))
