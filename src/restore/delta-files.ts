// The deltas of a directory that is about to be applied. mysqld applies what it finds and passes
// over what it cannot read, and then deletes the table that belongs to it (arch0apply.cc), so what
// it would find is looked at first, and anything that does not fit is refused.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { type DeltaMeta, parseMeta } from '../innodb/meta-file.ts'
import { SYSTEM_SPACE_ID } from '../innodb/space-id.ts'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { readStoredPath, type StoredPath } from '../repository/stored-kind.ts'
import { isTemporaryName } from '../system/atomic-file.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'

/** All that is changed in one tablespace. */
export interface DeltaFiles {
  /** The tablespace file, relative to the data directory: `shop/t.ibd`. */
  readonly tablespace: string
  readonly meta: DeltaMeta
  /** Relative paths of its deltas; several when several tasks of the server wrote them. */
  readonly parts: readonly string[]
}

export interface DirectoryRequest {
  /** Absolute. */
  readonly directory: string
  /** innodb_page_size of the server that the pages are from. */
  readonly pageBytes: number
  /** Whether it is the data directory itself, with the deltas of a compressed full. */
  readonly isDatadir: boolean
}

/** Throws INTEGRITY listing everything that would not be applied as it should. */
export const findDeltas = async (request: DirectoryRequest): Promise<readonly DeltaFiles[]> => {
  const { directory } = request
  const tree = await listTree(directory)
  const stored = tree.files
    .map(({ path }) => readStoredPath(path))
    .filter(({ path }) => !isTemporaryName(path))
  requireSound(directory, [
    ...strangers(stored, request),
    ...redoProblems(tree, stored),
    ...pairProblems(stored),
  ])
  const deltas = await Promise.all(
    ofKind(stored, 'meta').map((meta) => readGroup(directory, meta, stored)),
  )
  requireSound(directory, [
    ...deltas.flatMap((delta) => metaProblems(delta, request)),
    ...doubleIds(deltas),
  ])
  return deltas
}

const ofKind = (stored: readonly StoredPath[], kind: StoredPath['kind']): readonly StoredPath[] =>
  stored.filter((file) => file.kind === kind)

/** What must not be there at all. The server looks into directories, and not into those in them. */
const strangers = (
  stored: readonly StoredPath[],
  { isDatadir }: DirectoryRequest,
): readonly string[] =>
  stored.flatMap(({ path, kind, codec, encrypted }) => {
    if (kind === 'marker') return []
    if (codec !== undefined) return [`${path} is still compressed`]
    if (encrypted) return [`${path} is still encrypted`]
    const isDelta = kind === 'delta' || kind === 'meta'
    if (isDelta && path.split('/').length > 2)
      return [`${path} lies deeper than the server looks for deltas`]
    if (!isDatadir && kind === 'other' && isTablespaceName(path))
      return [`${path} is a whole tablespace, which no increment holds`]
    return []
  })

const redoProblems = ({ files }: FileTree, stored: readonly StoredPath[]): readonly string[] => {
  const redo = new Set(ofKind(stored, 'redo').map(({ path }) => path))
  const filled = files.some(({ path, sizeBytes }) => redo.has(path) && sizeBytes > 0)
  return filled ? [] : ['there is no redo log in #innodb_redo']
}

const pairProblems = (stored: readonly StoredPath[]): readonly string[] => {
  const tablespaces = (kind: 'delta' | 'meta'): ReadonlySet<string | undefined> =>
    new Set(ofKind(stored, kind).map(({ tablespace }) => tablespace))
  const [deltas, metas] = [tablespaces('delta'), tablespaces('meta')]
  return [
    ...[...deltas]
      .filter((name) => !metas.has(name))
      .map((name) => `${name ?? ''}.meta is missing`),
    ...[...metas]
      .filter((name) => !deltas.has(name))
      .map((name) => `${name ?? ''}.delta is missing`),
  ]
}

const readGroup = async (
  directory: string,
  { path, tablespace = '' }: StoredPath,
  stored: readonly StoredPath[],
): Promise<DeltaFiles> => {
  const file = join(directory, path)
  const parts = ofKind(stored, 'delta').filter((delta) => delta.tablespace === tablespace)
  return {
    tablespace,
    meta: parseMeta(await readFile(file, 'utf8'), file),
    parts: parts.map((part) => part.path).sort(),
  }
}

const ZIP_FLAGS = 15 << 1

/** With ROW_FORMAT=COMPRESSED the server writes deltas in one page size and reads them in another. */
const metaProblems = (
  { tablespace, meta }: DeltaFiles,
  { pageBytes }: DirectoryRequest,
): readonly string[] => {
  const { pageSize, zipSize, spaceFlags } = meta
  if (zipSize !== 0 || (spaceFlags & ZIP_FLAGS) !== 0)
    return [`${tablespace} has ROW_FORMAT=COMPRESSED, whose changed pages cannot be applied`]
  if (pageSize !== pageBytes)
    return [`${tablespace}.meta says page_size = ${pageSize}, the server has ${pageBytes}`]
  return []
}

/** The system tablespace may have several files. */
const doubleIds = (deltas: readonly DeltaFiles[]): readonly string[] => {
  const seen = new Map<number, string>()
  return deltas.flatMap(({ tablespace, meta: { spaceId } }) => {
    const other = seen.get(spaceId)
    seen.set(spaceId, tablespace)
    return other === undefined || spaceId === SYSTEM_SPACE_ID
      ? []
      : [`${other} and ${tablespace} have the same space_id ${spaceId}`]
  })
}

const SHOWN = 5

const requireSound = (directory: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : ''
  throw new ClonectlError(
    'INTEGRITY',
    `${directory} cannot be applied: ${problems.slice(0, SHOWN).join('; ')}${more}`,
    {
      hint: 'nothing was changed; use another copy of this backup, or an older backup',
      details: { directory, problems },
    },
  )
}
