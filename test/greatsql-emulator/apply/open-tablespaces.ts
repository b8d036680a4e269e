// The scan of the data directory at startup, which with clone_incremental_dir also opens what it
// finds (GreatSQL fil0fil.cc, Tablespace_dirs::scan and fil_open_for_clone).
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isCorrupt } from './page-zero.ts'
import { namesIn } from './directory-order.ts'
import type { ErrorLog } from './error-log.ts'
import { StartFailure, type ProcessEnd } from './process-end.ts'
import {
  headerOf,
  isOrdinary,
  makeTablespaces,
  readStart,
  type Tablespaces,
} from './tablespaces.ts'

/** mysql.ibd (dict_sys_t::s_dict_space_id): no number that CREATE TABLE hands out. */
const FIRST_RESERVED = 0xfffffc00

/** All files below a directory, as Dir_Walker lists them: files first, then the last directory. */
const walk = (root: string): string[] => {
  const files: string[] = []
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const name of namesIn(join(root, folder))) {
      const path = join(folder, name)
      if (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) waiting.push(path)
      else files.push(path)
    }
  }
  return files
}

/** What srv_init_abort writes, and what follows from it. */
export const abortInnoDb = (log: ErrorLog, reason: string): ProcessEnd => {
  const text = `Plugin initialization aborted with error ${reason}.`
  log({ level: 'ERROR', code: '012930', text })
  log({
    level: 'ERROR',
    code: '010334',
    subsystem: 'Server',
    text: 'Failed to initialize DD Storage Engine',
  })
  log.enterThread(0)
  log({
    level: 'ERROR',
    code: '010020',
    subsystem: 'Server',
    text: 'Data Dictionary initialization failed.',
  })
  return new StartFailure()
}

/** @throws ProcessEnd when two files have one id. */
const refuseDuplicates = (files: ReadonlyMap<number, readonly string[]>, log: ErrorLog): void => {
  const duplicates = [...files].filter(([, paths]) => paths.length > 1)
  if (duplicates.length === 0) return
  const text = 'Multiple files found for the same tablespace ID:'
  log({ level: 'ERROR', code: '012209', text })
  for (const [id, paths] of duplicates) {
    const list = paths.map((path) => `'${path}'`).join(', ')
    log({ level: 'ERROR', code: '012202', text: `Tablespace ID: ${id} = [${list}]` })
  }
  throw abortInnoDb(log, 'Failed, retry may succeed')
}

const groupById = (datadir: string, paths: readonly string[]): Map<number, string[]> => {
  const groups = new Map<number, string[]>()
  for (const path of paths) {
    const id = headerOf(join(datadir, path))?.spaceId
    if (id !== undefined) groups.set(id, [...(groups.get(id) ?? []), path])
  }
  return groups
}

/** Page 0 can be read and is right: only then the tablespace is opened. */
const isUsable = (path: string): boolean => {
  const header = headerOf(path)
  if (header === undefined) return false
  // Pages of ROW_FORMAT=COMPRESSED have a checksum of their own kind.
  return header.zipSize !== 0 || !isCorrupt(readStart(path, header.pageSize))
}

/** Loads every *.ibd and the undo tablespaces. @throws ProcessEnd when two files have one id. */
export const openTablespaces = (datadir: string, log: ErrorLog): Tablespaces => {
  log({ level: 'Note', code: '012203', text: "Directories to scan './'" })
  log({ level: 'Note', code: '012204', text: "Scanning './'" })
  const files = walk(datadir)
  const ordinary = files.filter((path) => path.length > 4 && path.endsWith('.ibd'))
  const undo = files.filter((path) => /(?:^|\/)(?:undo_\d{3}|[^/]+\.ibu)$/.test(path))
  const groups = groupById(datadir, [...ordinary, ...undo])
  const count = ordinary.length + undo.length
  log({ level: 'Note', code: '012208', text: `Completed space ID check of ${count} files.` })
  refuseDuplicates(groups, log)
  const spaces = makeTablespaces(datadir)
  if (existsSync(join(datadir, 'ibdata1'))) {
    spaces.add({ id: 0, name: 'innodb_system', path: 'ibdata1' })
  }
  openOrdinary(spaces, ordinary, log)
  openUndo(spaces, undo, log)
  return spaces
}

const openOrdinary = (spaces: Tablespaces, paths: readonly string[], log: ErrorLog): void => {
  let warned = false
  for (const path of paths.filter((path) => isUsable(join(spaces.datadir, path)))) {
    const id = headerOf(join(spaces.datadir, path))?.spaceId ?? 0
    const name = path.slice(0, -4)
    spaces.add({ id, name, path })
    if (warned || id >= FIRST_RESERVED || !isOrdinary(id)) continue
    // Fil_system::set_maximum_space_id: the first one is above the maximum of nothing.
    warned = true
    const text = `Allocated tablespace ID ${id} for ${name}, old maximum was 0`
    log({ level: 'Warning', code: '012091', text })
  }
}

const openUndo = (spaces: Tablespaces, paths: readonly string[], log: ErrorLog): void => {
  for (const path of paths) {
    const id = headerOf(join(spaces.datadir, path))?.spaceId
    if (id === undefined) continue
    spaces.add({ id, name: `innodb_${path}`, path })
    log({ level: 'Note', code: '013252', text: `Using undo tablespace './${path}'.` })
  }
  const text = `Opened ${paths.length} existing undo tablespaces.`
  log({ level: 'Note', code: '012910', text })
}
