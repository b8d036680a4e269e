// CLONE LOCAL keeps the path of a tablespace that was not made by its plain name, finds the
// original there and fails (ERROR 1086). Undo and system tablespaces do move.

import { isAbsolute } from 'node:path'
import type { Session } from '../../mysql/session.ts'
import type { Check } from '../check.ts'
import { nameSome } from './name-some.ts'

const FILES_SQL =
  'SELECT FILE_NAME AS name FROM information_schema.FILES ' +
  "WHERE ENGINE = 'InnoDB' AND FILE_TYPE = 'TABLESPACE' AND FILE_ID <> 0 ORDER BY FILE_NAME"

export const tablespacesOutside: Check = {
  name: 'tablespaces-outside',
  run: async ({ session }) => {
    const outside = await readOutside(session)
    if (outside.length === 0)
      return { state: 'ok', message: 'every tablespace is in the data directory' }
    return {
      state: 'fail',
      message: `CLONE LOCAL fails (ERROR 1086) on tablespaces whose path leads outside the data directory, or is spelled as if: ${nameSome(outside)}`,
      hint: 'Make them anew inside: tables without DATA DIRECTORY, general tablespaces with a file name alone.',
    }
  },
}

/** The spelling decides: 9.7.4 refuses an absolute path even when it leads into the data directory. */
const readOutside = async (session: Session): Promise<readonly string[]> => {
  const rows = await session.query(FILES_SQL)
  return rows
    .map((row) => row['name'] ?? '')
    .filter((name) => isAbsolute(name) || name.split('/').includes('..'))
}
