// The InnoDB files of the donor: what a clone must at least hold.

import { basename, isAbsolute, relative } from 'node:path'
import type { Session } from '../mysql/session.ts'

export interface DataFile {
  readonly spaceId: string
  /** Where a clone stores it, relative to its data directory. */
  readonly path: string
}

const FILES_SQL = `SELECT FILE_ID, FILE_NAME, FILE_TYPE FROM information_schema.FILES
  WHERE ENGINE = 'InnoDB' AND FILE_TYPE <> 'TEMPORARY'`

const SYSTEM_SPACE_ID = '0'

/** Asks for every InnoDB file but temporary ones; needs PROCESS. */
export const readDataFiles = async (
  session: Session,
  datadir: string,
): Promise<readonly DataFile[]> => {
  const rows = await session.query(FILES_SQL)
  return rows.map((row) => {
    const name = row['FILE_NAME'] ?? ''
    const spaceId = row['FILE_ID'] ?? ''
    // CLONE puts undo and system tablespaces at the top, wherever the donor keeps them.
    const atTop = row['FILE_TYPE'] === 'UNDO LOG' || spaceId === SYSTEM_SPACE_ID
    return { spaceId, path: atTop ? basename(name) : inDatadir(name, datadir) }
  })
}

const inDatadir = (name: string, datadir: string): string =>
  isAbsolute(name) ? relative(datadir, name) : name.replace(/^\.\//, '')

/** Paths of files that were there before and after the clone, so it cannot lack them whatever DDL ran. */
export const filesThroughout = (
  before: readonly DataFile[],
  after: readonly DataFile[],
): readonly string[] => {
  const keyOf = ({ spaceId, path }: DataFile): string => `${spaceId} ${path}`
  const left = new Set(after.map(keyOf))
  return before.filter((file) => left.has(keyOf(file))).map((file) => file.path)
}
