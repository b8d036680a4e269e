// Makes tablespace files as long as their first pages say they are, as mysqld does after it has
// applied an increment (arch0apply.cc, clone_extend_space): pages at the end that were allocated
// and never written are in no delta.

import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { spaceKindOf } from '../innodb/space-id.ts'
import type { CheckedDelta } from './checked-deltas.ts'
import { readTablespaceFiles, type TablespaceFile } from './tablespaces.ts'

/** A file, how long it is, and how long it must be at least. */
export interface NeededSize {
  readonly path: string
  readonly sizeBytes: number
  readonly neededBytes: number
}

/** How long the files of the deltas must be, by their first pages as they are now. */
export const neededSizes = async (
  data: string,
  deltas: readonly CheckedDelta[],
): Promise<readonly NeededSize[]> => {
  const pageBytes = deltas[0]?.meta.pageSize ?? 0
  const pathsOf = (wanted: boolean): readonly string[] =>
    deltas
      .filter(({ meta }) => (spaceKindOf(meta.spaceId) === 'system') === wanted)
      .map(({ tablespace }) => tablespace)
  const alone = await readTablespaceFiles(data, pathsOf(false))
  const system = await readTablespaceFiles(data, inNaturalOrder(pathsOf(true)))
  return [
    ...alone.map((file) => ({ ...file, neededBytes: file.sizePages * pageBytes })),
    ...systemSizes(system, pageBytes),
  ]
}

/** ibdata2 comes before ibdata10. */
const inNaturalOrder = (paths: readonly string[]): readonly string[] =>
  [...paths].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

/** Page 0 of the first file counts the pages of all, and only the last of them grows. */
const systemSizes = (
  files: readonly TablespaceFile[],
  pageBytes: number,
): readonly NeededSize[] => {
  const pages = files.reduce((most, { sizePages }) => Math.max(most, sizePages), 0)
  const before = files.slice(0, -1)
  const left = pages * pageBytes - before.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return [
    ...before.map((file) => ({ ...file, neededBytes: file.sizeBytes })),
    ...files.slice(-1).map((file) => ({ ...file, neededBytes: left })),
  ]
}

/** Extends the files that are shorter. */
export const extendTablespaces = async (
  data: string,
  deltas: readonly CheckedDelta[],
): Promise<void> => {
  for (const { path, sizeBytes, neededBytes } of await neededSizes(data, deltas)) {
    if (sizeBytes < neededBytes) await truncate(join(data, path), neededBytes)
  }
}
