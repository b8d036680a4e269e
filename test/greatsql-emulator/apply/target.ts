// Finds the tablespace that a delta is for, renames it to the delta's name, or makes it:
// clone_delta_open_matching_space of GreatSQL's arch0apply.cc, mistakes included.
import { existsSync, mkdirSync, openSync, writeSync, closeSync, ftruncateSync } from 'node:fs'
import { join } from 'node:path'
import type { DeltaMeta } from '../formats/meta.ts'
import { shown, type Applying } from './applying.ts'
import { areFlagsValid, newPageZero } from './page-zero.ts'
import { ProcessEnd } from './process-end.ts'
import { entryPath, type Entry } from './scan.ts'
import { headerOf, isOrdinary, isUndo, LOG_SPACE, UNKNOWN, type Space } from './tablespaces.ts'

/** FIL_IBD_FILE_INITIAL_SIZE (fil0fil.h). */
const INITIAL_PAGES = 7

/** What the delta says, with mysqld's defaults for what its .meta leaves out. */
export interface Wanted {
  /** The place and the name without `.delta`. */
  readonly entry: Entry
  readonly id: number
  readonly flags: number
  readonly zipSize: number
}

export const wantedBy = (entry: Entry, meta: DeltaMeta): Wanted => ({
  entry,
  // 32 bits are all that the server keeps of it.
  id: (meta.spaceId ?? UNKNOWN) >>> 0,
  flags: (meta.spaceFlags ?? 0) >>> 0,
  zipSize: meta.zipSize ?? UNKNOWN,
})

/** `db/t`, or `ts` at the top level: the last four characters are cut whatever they are. */
const spaceName = (entry: Entry): string => entryPath(entry).slice(0, -4)

/** mkdir, unless it is there. */
const makeDatabase = ({ settings, log }: Applying, database: string): boolean => {
  const path = join(settings.datadir, database)
  try {
    if (!existsSync(path)) mkdirSync(path, 0o750)
    return true
  } catch {
    log.apply.error(`cannot create dir ${shown(database)}`)
    return false
  }
}

/**
 * The path of the file to write to, relative to the data directory; undefined when there is none,
 * which has been logged then.
 * @throws ProcessEnd where mysqld exits or crashes.
 */
export const openTarget = (applying: Applying, wanted: Wanted): string | undefined => {
  const { entry, id } = wanted
  const path = entryPath(entry)
  if (!makeDatabase(applying, entry.database)) return undefined
  // From here on the file of this name is not taken for a dropped table's.
  applying.reached.add(spaceName(entry))
  if (id !== UNKNOWN && isUndo(id)) return openUndoTarget(applying, wanted)
  if (id !== UNKNOWN && !isOrdinary(id)) return openFound(applying, path)
  return openOrdinaryTarget(applying, wanted)
}

const openFound = ({ settings, log }: Applying, path: string): string | undefined => {
  if (existsSync(join(settings.datadir, path))) return path
  log.apply.error(`Cannot open file ${shown(path)}`)
  return undefined
}

/** An undo tablespace of another id makes room; it is never taken from another name. */
const openUndoTarget = (applying: Applying, wanted: Wanted): string | undefined => {
  const { settings, log, spaces } = applying
  const path = entryPath(wanted.entry)
  const full = join(settings.datadir, path)
  if (existsSync(full)) {
    const present = headerOf(full)?.spaceId
    if (present === undefined) {
      log.apply.error(`could not find space id from file ${shown(path)}`)
      return undefined
    }
    if (present === wanted.id) return openFound(applying, path)
    const space = spaces.byId(present)
    if (space === undefined) throw applying.crash('arch0apply.cc', 'res')
    const name = `./clone_tmp_#${present}.ibu`
    log.apply.info(`Renaming ${spaceName(wanted.entry)} to ${name}.ibu`)
    spaces.rename(space, name, name.slice(2))
  }
  return createTarget(applying, wanted, wanted.flags)
}

/** Another tablespace of this name becomes clone_tmp_#ID, and mysqld forgets that it has it. */
const moveAside = ({ log, spaces }: Applying, wanted: Wanted, space: Space): void => {
  const { database } = wanted.entry
  const name = `${database === '' ? '.' : database}/clone_tmp_#${space.id}`
  log.apply.info(`Renaming ${spaceName(wanted.entry)} to ${name}.ibd`)
  spaces.rename(space, name, `${name.replace(/^\.\//, '')}.ibd`)
  // What makes a swap of two names lose a table: its delta comes later and finds no tablespace of
  // its id, so that it gets an empty file; the one moved aside is deleted in the end.
  spaces.close(space)
}

const openOrdinaryTarget = (applying: Applying, wanted: Wanted): string | undefined => {
  const { spaces, log } = applying
  const { entry, id } = wanted
  const path = entryPath(entry)
  const namesake = spaces.byName(spaceName(entry))
  if (namesake !== undefined) {
    if (namesake.id === id || id === UNKNOWN) return openFound(applying, path)
    moveAside(applying, wanted, namesake)
  }
  if (id === UNKNOWN) {
    log.apply.error(`Cannot handle DDL operation on tablespace ${spaceName(entry)}`)
    throw new ProcessEnd(1)
  }
  const own = spaces.byId(id)
  if (own === undefined) return createTarget(applying, wanted, ordinaryFlags(applying, wanted))
  log.apply.info(`Renaming ${own.name} to ${spaceName(entry)} `)
  spaces.rename(own, spaceName(entry), `${spaceName(entry)}.ibd`)
  return openFound(applying, path)
}

/** For ROW_FORMAT=COMPRESSED the size of its pages is put into the flags (again). */
const ordinaryFlags = (applying: Applying, { flags, zipSize }: Wanted): number => {
  if (zipSize === 0 || zipSize === UNKNOWN) return flags
  const shift = Math.log2((zipSize >>> 10) << 1)
  const full = (flags | (Number.isInteger(shift) ? shift << 1 : 0) | 1 | (1 << 5)) >>> 0
  if (512 << ((full >>> 1) & 15) !== zipSize) {
    throw applying.crash('arch0apply.cc', 'page_size_t(space_flags).physical() == zip_size')
  }
  return full
}

const createTarget = (
  applying: Applying,
  { entry, id }: Wanted,
  flags: number,
): string | undefined => {
  const { settings, log, spaces } = applying
  const path = entryPath(entry)
  const full = join(settings.datadir, path)
  const space: Space = { id, name: spaceName(entry), path: undefined }
  if (!spaces.add(space)) {
    log.apply.error(`Cannot create tablespace ${space.name}`)
    return undefined
  }
  if (id >= LOG_SPACE)
    throw applying.crash('arch0apply.cc', 'space_id < dict_sys_t::s_log_space_id')
  if (!areFlagsValid(flags)) throw applying.crash('arch0apply.cc', 'fsp_flags_is_valid(flags)')
  if (existsSync(full)) {
    refuseExisting(applying, shown(path))
    return undefined
  }
  const fd = openSync(full, 'wx', 0o640)
  ftruncateSync(fd, INITIAL_PAGES * settings.pageSize)
  writeSync(fd, newPageZero(id, flags, settings.pageSize), 0, undefined, 0)
  closeSync(fd)
  space.path = path
  return path
}

const refuseExisting = ({ log }: Applying, file: string): void => {
  const os = 'Operating system error number 17 in a file operation.'
  log.server({ level: 'ERROR', code: '012592', text: os })
  log.server({ level: 'ERROR', code: '012596', text: "Error number 17 means 'File exists'" })
  log.apply.error(`Cannot create file '${file}'`)
  log.apply.error(
    `The file '${file}' already exists though the corresponding table did not exist in the InnoDB ` +
      'data dictionary. Have you moved InnoDB .ibd files around without using the SQL commands ' +
      'DISCARD TABLESPACE and IMPORT TABLESPACE, or did mysqld crash in the middle of CREATE TABLE? ' +
      `You can resolve the problem by removing the file '${file}' under the 'datadir' of MySQL.`,
  )
}
