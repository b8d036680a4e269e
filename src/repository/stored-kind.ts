// What each file below a GreatSQL backup's data directory is, told by its name.

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

/** Takes a path apart. What is neither marker, redo, delta nor meta is `other`. */
export const readStoredPath = (path: string): StoredPath => {
  const name = parseStoredName(path)
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
