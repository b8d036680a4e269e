// The walk over two levels of a directory: clone_process_datadir, process_datadir_l1cbk and
// process_datadir_l2cbk of GreatSQL's arch0apply.cc.
import { statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { ApplyLog } from './apply-log.ts'
import { namesIn } from './directory-order.ts'
import { ProcessEnd } from './process-end.ts'

/** A file found. */
export interface Entry {
  /** Empty at the top level. */
  readonly database: string
  readonly name: string
}

export const entryPath = ({ database, name }: Entry): string =>
  database === '' ? name : `${database}/${name}`

/** Follows links, as stat(2); what has gone meanwhile is passed over. */
const lookAt = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch {
    return undefined // The server returns from the callback in this case.
  }
}

/** check_datadir_enctry_access: the owner's read bit, whoever mysqld runs as. */
const requireReadable = (kind: 'directory' | 'file', name: string, mode: number, log: ApplyLog) => {
  if ((mode & 0o400) !== 0) return
  log.error(`${kind} '${name}' is not readable by  mysqld`)
  throw new ProcessEnd(1)
}

/** The directory cannot be opened; `errno` is the system's number for why. */
export class ScanFailure extends Error {
  override readonly name = 'ScanFailure'
  readonly errno: number

  constructor(path: string, cause: NodeJS.ErrnoException) {
    super(`${path} cannot be scanned`, { cause })
    this.errno = -(cause.errno ?? 0)
  }
}

const namesOrFail = (path: string): string[] => {
  try {
    return namesIn(path)
  } catch (error) {
    throw new ScanFailure(path, error as NodeJS.ErrnoException)
  }
}

/** A directory below that cannot be opened counts as an empty one. */
const namesInOrNone = (path: string): string[] => {
  try {
    return namesIn(path)
  } catch {
    return [] // os_file_scan_directory returns false, which nobody looks at.
  }
}

/**
 * Calls back for every regular file whose name is longer than `suffix` and ends in it, or in it and
 * digits, on the top level and one below.
 * @throws ProcessEnd(1) for an entry that its owner cannot read; ScanFailure when `path` cannot
 * be scanned.
 */
export const scanTwoLevels = (
  path: string,
  suffix: string,
  log: ApplyLog,
  found: (entry: Entry) => void,
): void => {
  const matches = (name: string): boolean =>
    name.length > suffix.length && name.replace(/\d+$/, '').endsWith(suffix)
  const visit = (database: string, name: string, stats: Stats): void => {
    if (!stats.isFile() || !matches(name)) return
    requireReadable('file', name, stats.mode, log)
    found({ database, name })
  }
  for (const name of namesOrFail(path)) {
    const stats = lookAt(join(path, name))
    if (stats?.isDirectory()) {
      requireReadable('directory', name, stats.mode, log)
      for (const inner of namesInOrNone(join(path, name))) {
        const innerStats = lookAt(join(path, name, inner))
        if (innerStats) visit(name, inner, innerStats)
      }
    } else if (stats) visit('', name, stats)
  }
}
