// The server's memory of its tablespaces (fil_system): what the scan of the data directory found, and
// what the apply step renames, creates and forgets (GreatSQL fil0fil.cc).
import { closeSync, openSync, readSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { readTablespace, type Tablespace } from '../formats/page.ts'

export interface Space {
  readonly id: number
  /** Its path without `.ibd`; an undo tablespace has a name of its own. */
  name: string
  /** Relative to the data directory. Undefined: in memory only, creating the file went wrong. */
  path: string | undefined
}

/** dict0dict.h: 127 undo tablespaces of 400,000 ids each, below the redo's own id. */
const MAX_UNDO = 0xffffffef
const MIN_UNDO = MAX_UNDO - 127 * 400_000 + 1
const TEMPORARY = 0xfffffffd
export const LOG_SPACE = 0xfffffff0
/** SPACE_UNKNOWN. */
export const UNKNOWN = 0xffffffff

export const isUndo = (id: number): boolean => id >= MIN_UNDO && id <= MAX_UNDO

/** fsp_is_ibd_tablespace: neither the system's, nor undo, nor temporary. */
export const isOrdinary = (id: number): boolean => id !== 0 && id !== TEMPORARY && !isUndo(id)

/** Reads the first bytes of a file, fewer when it has no more. */
export const readStart = (path: string, bytes: number): Buffer => {
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(fd, buffer, 0, bytes, 0))
  } finally {
    closeSync(fd)
  }
}

/** Undefined when page 0 does not say what the file is. */
export const headerOf = (path: string): Tablespace | undefined =>
  readTablespace(readStart(path, 64))

export interface Tablespaces {
  readonly datadir: string
  byId(id: number): Space | undefined
  byName(name: string): Space | undefined
  all(): readonly Space[]
  /** False when there is one with this id already. */
  add(space: Space): boolean
  /** Renames file and space; a file that has the new name already is lost, as rename(2) has it. */
  rename(space: Space, name: string, path: string): void
  /** fil_close_tablespace: from now on neither its id nor its name is known. */
  close(space: Space): void
}

export const makeTablespaces = (datadir: string): Tablespaces => {
  const spaces = new Map<number, Space>()
  return {
    datadir,
    byId: (id) => spaces.get(id),
    byName: (name) => [...spaces.values()].find((space) => space.name === name),
    all: () => [...spaces.values()],
    add: (space) => {
      if (spaces.has(space.id)) return false
      spaces.set(space.id, space)
      return true
    },
    rename: (space, name, path) => {
      if (space.path !== undefined) renameSync(join(datadir, space.path), join(datadir, path))
      space.name = name
      space.path = path
    },
    close: (space) => {
      spaces.delete(space.id)
    },
  }
}
