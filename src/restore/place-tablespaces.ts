// Gives every delta the file that its pages belong to, as mysqld does (arch0apply.cc,
// clone_delta_open_matching_space): by the id of the tablespace, whatever it is called so far.

import { ensureDir, remove } from 'fs-extra/esm'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { firstPageOf, INITIAL_PAGES } from '../innodb/new-tablespace.ts'
import { spaceKindOf } from '../innodb/space-id.ts'
import { exists } from '../system/exists.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import type { CheckedDelta } from './checked-deltas.ts'
import { isRemovable, readTablespaceFiles } from './tablespaces.ts'

export interface PlaceRequest {
  readonly data: string
  readonly deltas: readonly CheckedDelta[]
  /** Every file of `data`, relative. */
  readonly paths: readonly string[]
  readonly owner: Owner
}

/**
 * Renames what mysqld would lose: it forgets a table whose name another one has now, and makes an
 * empty file when it comes to that table's delta (fil_close_tablespace in arch0apply.cc). When every
 * table has its name before it is started, there is nothing to forget. Returns whether any had not.
 */
export const renameContested = async (request: PlaceRequest): Promise<boolean> => {
  const places = await readPlaces(request)
  const living = new Set(request.deltas.map(({ meta }) => meta.spaceId))
  const contested = request.deltas.some(({ tablespace, meta }) => {
    const holder = places.byPath.get(tablespace)
    return holder !== undefined && holder !== meta.spaceId && living.has(holder)
  })
  if (!contested) return false
  for (const delta of request.deltas) {
    const { spaceId } = delta.meta
    if (spaceKindOf(spaceId) !== 'table' || !places.byId.has(spaceId)) continue
    await makeDirectory(request, delta.tablespace)
    await placeTable(request, places, delta)
  }
  return true
}

/** Which tablespace has which file at the moment. */
interface Places {
  readonly data: string
  readonly byPath: Map<string, number | undefined>
  readonly byId: Map<number, string>
}

/** Renames and creates files until each delta has its own. Throws INTEGRITY where none can be had. */
export const placeTablespaces = async (request: PlaceRequest): Promise<void> => {
  const places = await readPlaces(request)
  for (const delta of request.deltas) {
    const { tablespace } = delta
    await makeDirectory(request, tablespace)
    switch (spaceKindOf(delta.meta.spaceId)) {
      case 'system':
        await requireThere(request.data, tablespace)
        break
      case 'undo':
        await placeUndo(request, places, delta)
        break
      case 'table':
        await placeTable(request, places, delta)
        break
    }
  }
}

const readPlaces = async ({ data, paths, deltas }: PlaceRequest): Promise<Places> => {
  const targets = new Set(deltas.map(({ tablespace }) => tablespace))
  const known = paths.filter((path) => isRemovable(path) || targets.has(path))
  const files = await readTablespaceFiles(data, known)
  return {
    data,
    byPath: new Map(files.map(({ path, spaceId }) => [path, spaceId])),
    byId: new Map(
      files.flatMap(({ path, spaceId }) => (spaceId === undefined ? [] : [[spaceId, path]])),
    ),
  }
}

const makeDirectory = async ({ data, owner }: PlaceRequest, path: string): Promise<void> => {
  const directory = join(data, dirname(path))
  if (await exists(directory)) return
  await ensureDir(directory, 0o750)
  await giveTo(owner, directory)
}

const requireThere = async (data: string, path: string): Promise<void> => {
  if (await exists(join(data, path))) return
  throw new ClonectlError(
    'INTEGRITY',
    `the increment changes ${path} of the system tablespace, which ${data} does not have`,
    { hint: 'it belongs to another chain: apply it to the full that it was made on' },
  )
}

/** An undo tablespace that was truncated comes back under its name with a new id, as a new file. */
const placeUndo = async (
  request: PlaceRequest,
  places: Places,
  delta: CheckedDelta,
): Promise<void> => {
  const { tablespace, meta } = delta
  if (places.byPath.has(tablespace)) {
    const found = places.byPath.get(tablespace)
    if (found === meta.spaceId) return
    if (found === undefined) throw unreadable(tablespace)
    forget(places, tablespace)
    await remove(join(request.data, tablespace))
  }
  await create(request, places, delta)
}

const placeTable = async (
  request: PlaceRequest,
  places: Places,
  delta: CheckedDelta,
): Promise<void> => {
  const { tablespace, meta } = delta
  if (places.byPath.has(tablespace)) {
    const found = places.byPath.get(tablespace)
    if (found === meta.spaceId) return
    if (found === undefined) throw unreadable(tablespace)
    await move(places, tablespace, `${prefixOf(tablespace)}clone_tmp_#${found}.ibd`)
  }
  const elsewhere = places.byId.get(meta.spaceId)
  if (elsewhere === undefined) await create(request, places, delta)
  else await move(places, elsewhere, tablespace)
}

const prefixOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

const unreadable = (path: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `the first page of ${path} does not say which tablespace it is`, {
    hint: 'the full is damaged: use another copy of it',
    details: { path },
  })

const forget = (places: Places, path: string): void => {
  const spaceId = places.byPath.get(path)
  places.byPath.delete(path)
  if (spaceId !== undefined) places.byId.delete(spaceId)
}

const move = async (places: Places, from: string, to: string): Promise<void> => {
  const spaceId = places.byPath.get(from)
  await rename(join(places.data, from), join(places.data, to))
  forget(places, from)
  places.byPath.set(to, spaceId)
  if (spaceId !== undefined) places.byId.set(spaceId, to)
}

const create = async (
  { data, owner }: PlaceRequest,
  places: Places,
  { tablespace, meta }: CheckedDelta,
): Promise<void> => {
  const { spaceId, spaceFlags: flags, pageSize: pageBytes } = meta
  const path = join(data, tablespace)
  const file = await open(path, 'wx', 0o640)
  try {
    await file.truncate(INITIAL_PAGES * pageBytes)
    await file.write(firstPageOf({ spaceId, flags, pageBytes }), 0, pageBytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await giveTo(owner, path)
  places.byPath.set(tablespace, spaceId)
  places.byId.set(spaceId, tablespace)
}
