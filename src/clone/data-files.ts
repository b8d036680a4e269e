// The InnoDB files of the donor, by space id: what a clone must at least hold.

import { basename, isAbsolute, relative } from 'node:path'
import type { Session } from '../mysql/session.ts'

/** Space id to the path a clone stores the file under, relative to its data directory. */
export type DataFiles = ReadonlyMap<string, string>

const FILES_SQL = `SELECT FILE_ID, FILE_NAME, FILE_TYPE FROM information_schema.FILES
  WHERE ENGINE = 'InnoDB' AND FILE_TYPE <> 'TEMPORARY'`

/** Asks for every InnoDB file but temporary ones; needs PROCESS. */
export const readDataFiles = async (session: Session, datadir: string): Promise<DataFiles> => {
  const rows = await session.query(FILES_SQL)
  return new Map(
    rows.map((row) => {
      const name = row['FILE_NAME'] ?? ''
      // CLONE puts undo tablespaces at the top, wherever the donor keeps them.
      const path = row['FILE_TYPE'] === 'UNDO LOG' ? basename(name) : inDatadir(name, datadir)
      return [row['FILE_ID'] ?? '', path]
    }),
  )
}

const inDatadir = (name: string, datadir: string): string =>
  isAbsolute(name) ? relative(datadir, name) : name.replace(/^\.\//, '')

/** Files that were there before and after the clone, so it cannot lack them whatever DDL ran. */
export const filesThroughout = (before: DataFiles, after: DataFiles): readonly string[] =>
  [...before].filter(([id, path]) => after.get(id) === path).map(([, path]) => path)
