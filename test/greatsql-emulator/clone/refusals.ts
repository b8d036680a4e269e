// Why a CLONE is refused before it begins, in the order the server looks (sql_admin.cc,
// clone_handler.cc, clone_plugin.cc).
import { statSync, realpathSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SqlError } from '../protocol/sql-error.ts'
import { parseCheckpoints, type CloneCheckpoints } from '../formats/clone-checkpoints.ts'
import { readKeyFile, type FileKey } from '../formats/key-file.ts'

/** FN_REFLEN (my_io.h). */
const LONGEST_PATH = 512

const exists = (path: string): boolean => {
  try {
    statSync(path)
    return true
  } catch {
    return false
  }
}

/** The path with the links of its existing part resolved. */
const realPathOf = (path: string): string => {
  let existing = path
  while (!exists(existing)) existing = dirname(existing)
  return realpathSync(existing)
}

const isWithin = (path: string, dir: string): boolean =>
  path === dir || path.startsWith(dir.endsWith('/') ? dir : `${dir}/`)

/** @throws SqlError for a DATA DIRECTORY that cannot be used (clone_handler.cc, validate_dir). */
export const checkDataDirectory = (path: string, ownDirectories: readonly string[]): void => {
  const shown = path.slice(0, 192)
  if (!path.startsWith('/')) {
    throw new SqlError(1525, 'HY000', `Incorrect path value: '${path.slice(0, 128)}'`)
  }
  if (Buffer.byteLength(path) >= LONGEST_PATH - 1) {
    throw new SqlError(1680, 'HY000', 'The path specified for DATA DIRECTORY is too long.')
  }
  if (exists(path)) {
    throw new SqlError(1007, 'HY000', `Can't create database '${shown}'; database exists`)
  }
  const real = realPathOf(path)
  if (ownDirectories.some((dir) => isWithin(real, realPathOf(dir)))) {
    throw new SqlError(3632, 'HY000', `Path is within the current data directory '${shown}'`)
  }
}

export const systemConfig = (reason: string): SqlError =>
  new SqlError(3869, 'HY000', `Clone system configuration: ${reason.slice(0, 512)}`)

/** @throws SqlError 3869 unless the list names the donor (clone_plugin.cc; no names are resolved). */
export const checkDonorList = (list: string | null, host: string, port: number): void => {
  const entries = (list ?? '').split(',').map((entry) => {
    const colon = entry.indexOf(':')
    return { host: entry.slice(0, colon).toLowerCase(), port: Number(entry.slice(colon + 1)) }
  })
  const listed = entries.some(
    (entry) => entry.host === '0.0.0.0' || (entry.host === host && entry.port === port),
  )
  if (listed) return
  throw systemConfig(`${host}:${port} is not found in clone_valid_donor_list: ${list ?? ''}`)
}

const keyFileFaults = {
  invalid: 'Error: Invalid dump encrypt key file.\n',
  mode: 'Error: Fail to find encrypt mode.\n',
  // A real server dies of this one. Here it lives to tell, so that a test can go on.
  crash: 'Error: Invalid dump encrypt key file.\n',
} as const

const errnos: Readonly<Record<string, number>> = { EACCES: 13, ENOTDIR: 20 }

/** fopen takes a directory too, and finds nothing in it. */
const readWhole = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EISDIR') return Buffer.alloc(0)
    const errno = errnos[code] ?? 2
    throw systemConfig(`Error: Fail to open encrypt key file: ${path}, errno:${errno}.\n`)
  }
}

/**
 * The key of an encrypted clone, read anew at each (clone_plugin.cc, sql/encrypt.cc).
 * @throws SqlError 3869 for a file that the server would not take.
 */
export const loadKeyFile = async (path: string): Promise<FileKey> => {
  const found = readKeyFile(await readWhole(path))
  if (typeof found === 'string') throw systemConfig(keyFileFaults[found])
  return found
}

const readFailure = (what: string, errno: number, reason: string): SqlError =>
  new SqlError(
    1024,
    'HY000',
    `Error reading file '${what.slice(0, 200)}' (errno: ${errno} - ${reason})`,
  )

/**
 * The LSNs of the base that INCREMENT BASED DIRECTORY names (clone_client.cc, read_metadata).
 * @throws SqlError 1024.
 */
export const readBase = async (baseDirectory: string): Promise<CloneCheckpoints> => {
  const path = `${baseDirectory}/#clone/#clone_checkpoints`
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw readFailure(path, 2, 'No such file or directory')
  const lsns = parseCheckpoints(await readFile(path, 'latin1'))
  // The server has no errno to show here and prints what is on the stack.
  if (lsns === undefined) throw readFailure('failed to read lsn from based datadir', 0, 'Success')
  if (lsns.startLsn > lsns.pageTrackLsn || lsns.pageTrackLsn > lsns.endLsn) {
    const rule =
      'the lsn failed to reach the required standard: ' +
      `start_lsn > page_track_lsn > end_lsn, please check the file: ${path}`
    throw readFailure(rule, 0, 'Success')
  }
  return lsns
}
