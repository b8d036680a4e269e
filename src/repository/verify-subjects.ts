// The files of a backup as verification sees them: what each one is, and how it is to be read.

import { join } from 'node:path'
import type { StoredKey } from '../cipher/stored-key.ts'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import type { Manifest, StoredFile } from './manifest.ts'
import { encodingOf, type StoredForm, storedFormOf } from './stored-form.ts'
import { readStoredPath, type StoredPath } from './stored-kind.ts'
import type { DeltaForm, VerifyJob } from './verify-file.ts'

export interface Subject {
  readonly entry: StoredFile
  /** What it is in the data directory; undefined for files beside that. */
  readonly stored: StoredPath | undefined
  readonly form: StoredForm
}

const DATA = `${BACKUP_ENTRIES.data}/`

/** Takes the path of a stored file apart. */
export const subjectOf = (manifest: Pick<Manifest, 'id'>, entry: StoredFile): Subject => ({
  entry,
  form: storedFormOf(manifest, entry),
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
  /** What encrypted files are read with; without it they are not looked into. */
  readonly key: StoredKey | undefined
}

/** How a file is read. */
export const jobFor = (
  { entry, stored, form }: Subject,
  { paths, deep, pageBytes, deltaForms, key }: ReadingRules,
): VerifyJob => {
  const closed = isSealedShut({ stored, form }, key)
  const isPlain = stored !== undefined && !closed
  const isTablespace = isPlain && stored.kind === 'other' && isTablespaceName(stored.plainName)
  return {
    file: join(paths.directory, entry.path),
    sizeBytes: entry.sizeBytes,
    ...(closed ? { codec: undefined } : encodingOf(form, key)),
    delta: isPlain && stored.kind === 'delta' ? deltaForms.get(stored.tablespace ?? '') : undefined,
    pageBytes: isTablespace ? pageBytes : undefined,
    deep,
  }
}

/** What is encrypted and cannot be looked into: its own hash is all that is verified. */
export const isSealedShut = (
  { stored, form }: Pick<Subject, 'stored' | 'form'>,
  key: StoredKey | undefined,
): boolean => (form.boundName === undefined ? stored?.encrypted === true : key === undefined)

/** The deltas of a manifest by their tablespace. */
export const deltasOf = ({ deltas }: Manifest): ReadonlyMap<string, Manifest['deltas'][number]> =>
  new Map(deltas.map((delta) => [delta.path, delta]))
