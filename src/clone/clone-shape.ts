// What the files of a clone that GreatSQL made must be, told by their names alone: the markers of an
// end that was good, one codec throughout or all encrypted, and the right files for a full or an increment.

import type { BackupType } from '../chain/backup-id.ts'
import type { Codec } from '../codec/codec.ts'
import { CLONE_CHECKPOINTS } from '../mysql/clone-checkpoints.ts'
import type { StoredPath } from '../repository/stored-kind.ts'

export interface CloneShape {
  readonly type: BackupType
  readonly codec: Codec | undefined
  /** Whether the server was told to encrypt. */
  readonly encrypted: boolean
  /** Paths of tablespaces that it must hold. */
  readonly dataFiles: readonly string[]
}

/** What `#clone/` holds when a clone has ended well (clone0api.cc, clone_client.cc), and nothing else. */
const MARKERS = [
  CLONE_CHECKPOINTS,
  '#clone/#replace_files',
  '#clone/#status_fix',
  '#clone/#view_progress',
  '#clone/#view_status',
]

/** Everything that is wrong with the files of a clone, one sentence each; empty when nothing is. */
export const shapeProblems = (
  stored: readonly StoredPath[],
  shape: CloneShape,
): readonly string[] => [
  ...markerProblems(stored),
  ...nameProblems(stored, shape),
  ...contentProblems(stored, shape),
]

const markerProblems = (stored: readonly StoredPath[]): readonly string[] => {
  const found = stored.filter(({ kind }) => kind === 'marker').map(({ path }) => path)
  const missing = MARKERS.filter((path) => !found.includes(path))
  const surplus = found.filter((path) => !MARKERS.includes(path))
  return [
    ...missing.map((path) => `${path} is missing`),
    ...surplus.map((path) => `${path} should not be there`),
  ]
}

/** Everything but meta and markers carries the suffix of the codec or cipher, and nothing another one. */
const nameProblems = (
  stored: readonly StoredPath[],
  { codec, encrypted }: CloneShape,
): readonly string[] => {
  const isText = ({ kind }: StoredPath): boolean => kind === 'meta' || kind === 'marker'
  const wrong = stored.filter(
    (file) => file.encrypted !== (encrypted && !isText(file)) || !namesRight(file, codec),
  )
  if (wrong.length === 0) return []
  const names = wrong.slice(0, 3).map(({ path }) => path)
  return [
    `${wrong.length} files are not ${encrypted ? 'encrypted' : (codec ?? 'plain')}, such as ${names.join(', ')}`,
  ]
}

/** GreatSQL 8.0.32-27 leaves the delta of a table created meanwhile plain in a compressed clone (clone0copy.cc). */
const namesRight = ({ kind, codec: found }: StoredPath, codec: Codec | undefined): boolean => {
  if (kind === 'meta' || kind === 'marker') return found === undefined
  return found === codec || (kind === 'delta' && found === undefined)
}

/** Full: whole files, deltas only beside compressed ones. Increment: delta and meta of everything. */
const contentProblems = (
  stored: readonly StoredPath[],
  { type, codec, dataFiles }: CloneShape,
): readonly string[] => {
  const whole = new Set(stored.filter(({ kind }) => kind === 'other').map((s) => s.plainName))
  const having = (kind: StoredPath['kind']): ReadonlySet<string> =>
    new Set(stored.flatMap((file) => (file.kind === kind ? [file.tablespace ?? ''] : [])))
  const [deltas, metas] = [having('delta'), having('meta')]
  const problems: string[] = []
  const complain = (names: readonly string[], what: string): void => {
    if (names.length > 0) problems.push(`${names.slice(0, 3).join(', ')} ${what}`)
  }
  complain(
    [...deltas].filter((name) => !metas.has(name)),
    'lacks its .meta',
  )
  complain(
    [...metas].filter((name) => !deltas.has(name)),
    'has a .meta and no .delta',
  )
  if (type === 'full')
    complain(
      dataFiles.filter((name) => !whole.has(name)),
      'is missing',
    )
  else
    complain(
      dataFiles.filter((name) => !deltas.has(name)),
      'has no .delta',
    )
  if (type === 'increment') complain([...whole], 'should not be in an increment')
  if (type === 'full' && codec === undefined) complain([...deltas], 'has a .delta in a plain full')
  if (!stored.some(({ kind }) => kind === 'redo')) problems.push('it holds no redo log')
  return problems
}
