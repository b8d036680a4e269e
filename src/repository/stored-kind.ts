// What each file below a backup's data directory is, told by its name.

import { parseDeltaName, parseStoredName, type StoredName } from '../codec/names.ts'
import { redoFileNumber } from '../innodb/redo-header.ts'

/**
 * `marker`: the server's own notes in `#clone/`. `meta` and `delta`: changed pages of a tablespace
 * and what the server must know to apply them. `other`: everything that is stored as it was.
 */
export type StoredKind = 'marker' | 'redo' | 'meta' | 'delta' | 'other'

export interface StoredPath extends StoredName {
  /** As stored, relative to the data directory. */
  readonly path: string
  readonly kind: StoredKind
  /** For delta and meta: the tablespace file they belong to. */
  readonly tablespace: string | undefined
}

const META = '.meta'

/** What clonectl appends to the name of a file that it has encrypted, behind everything else. */
export const SEALED_SUFFIX = '.clonecrypt'

/** Takes a name apart as GreatSQL builds it, with clonectl's own suffix behind. */
export const parseSealedName = (path: string): StoredName =>
  path.endsWith(SEALED_SUFFIX)
    ? { ...parseStoredName(path.slice(0, -SEALED_SUFFIX.length)), encrypted: true }
    : parseStoredName(path)

/** Takes a path apart. What is neither marker, redo, delta nor meta is `other`. */
export const readStoredPath = (path: string): StoredPath => {
  const name = parseSealedName(path)
  const { plainName } = name
  if (plainName.startsWith('#clone/'))
    return { path, ...name, kind: 'marker', tablespace: undefined }
  if (redoFileNumber(plainName) !== undefined)
    return { path, ...name, kind: 'redo', tablespace: undefined }
  const delta = parseDeltaName(plainName)
  if (delta !== undefined) return { path, ...name, kind: 'delta', tablespace: delta.tablespace }
  if (!plainName.endsWith(META)) return { path, ...name, kind: 'other', tablespace: undefined }
  return { path, ...name, kind: 'meta', tablespace: plainName.slice(0, -META.length) }
}
