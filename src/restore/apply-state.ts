// What a data directory holds before an increment is applied, and what it must hold after.

import { dirname, join } from 'node:path'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { digestFile } from '../repository/file-digest.ts'
import { listTree } from '../system/file-tree.ts'
import type { ApplyJob } from './applier.ts'
import { REDO_DIRECTORY } from './replace-redo.ts'
import { isRemovable, readTablespaceFiles, type TablespaceFile } from './tablespaces.ts'

/** SHA-256 of each redo file by its path in the data directory. */
export type RedoDigests = ReadonlyMap<string, string>

export interface StateBefore {
  readonly paths: readonly string[]
  readonly directories: ReadonlySet<string>
  /** Each tablespace by its id, where the first page tells it. */
  readonly spaces: ReadonlyMap<number, TablespaceFile>
  /** The redo log that the data directory must have in the end. */
  readonly redo: RedoDigests
}

export interface StateExpected {
  /** Every file. */
  readonly paths: ReadonlySet<string>
  /** Files of tables that were dropped, or whose tablespace now has another name. */
  readonly gone: readonly string[]
}

const isRedo = (path: string): boolean => path.startsWith(`${REDO_DIRECTORY}/`)

/** Looks before anything is changed. */
export const readStateBefore = async ({ data, directory }: ApplyJob): Promise<StateBefore> => {
  const tree = await listTree(data)
  const paths = tree.files.map(({ path }) => path)
  const files = await readTablespaceFiles(
    data,
    paths.filter((path) => isRemovable(path) || isTablespaceName(path)),
  )
  return {
    paths,
    directories: new Set([...tree.emptyDirectories, ...paths].flatMap(withParents)),
    spaces: new Map(
      files.flatMap((file) => (file.spaceId === undefined ? [] : [[file.spaceId, file]])),
    ),
    redo: await digestRedo(directory),
  }
}

/** A path and every directory on the way to it. */
const withParents = (path: string): readonly string[] => {
  const all: string[] = []
  for (let part = path; part !== '.'; part = dirname(part)) all.push(part)
  return all
}

/** Digests of the redo log of a directory. */
export const digestRedo = async (directory: string): Promise<RedoDigests> => {
  const digests = new Map<string, string>()
  for (const { path } of (await listTree(join(directory, REDO_DIRECTORY))).files) {
    const relative = `${REDO_DIRECTORY}/${path}`
    digests.set(relative, (await digestFile(join(directory, relative))).sha256)
  }
  return digests
}

/** Works out which files there must be when `job` is done. */
export const expectState = (job: ApplyJob, before: StateBefore): StateExpected => {
  const targets = job.deltas.map(({ tablespace }) => tablespace)
  const used = new Set(
    job.data === job.directory
      ? targets.flatMap((path) => [`${path}.delta`, `${path}.meta`])
      : before.paths.filter(isRedo),
  )
  const living = new Set(targets)
  const gone = before.paths.filter((path) => isRemovable(path) && !living.has(path))
  const kept = before.paths.filter((path) => !used.has(path) && !gone.includes(path))
  return { paths: new Set([...kept, ...targets, ...before.redo.keys()]), gone }
}
