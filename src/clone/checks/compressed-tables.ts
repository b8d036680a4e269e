// GreatSQL writes the changed pages of a ROW_FORMAT=COMPRESSED table in one page size and reads
// them in another (clone0apply.cc, arch0apply.cc): an increment destroys such a table in silence.

import type { Check } from '../check.ts'
import { nameSome } from './name-some.ts'

const TABLES_SQL =
  'SELECT NAME AS name, COUNT(*) OVER () AS total FROM information_schema.INNODB_TABLESPACES ' +
  'WHERE ZIP_PAGE_SIZE > 0 ORDER BY NAME LIMIT 20'

export const compressedTables: Check = {
  name: 'compressed-tables',
  run: async ({ session, engine }) => {
    if (engine === 'mysql')
      return { state: 'ok', message: 'compressed tables are backed up like all others' }
    const rows = await session.query(TABLES_SQL)
    if (rows.length === 0) return { state: 'ok', message: 'no table has ROW_FORMAT=COMPRESSED' }
    const names = rows.map((row) => row['name'] ?? '')
    return {
      state: 'fail',
      message: `GreatSQL cannot apply changed pages of tables with ROW_FORMAT=COMPRESSED: ${nameSome(names, Number(rows[0]?.['total']))}`,
      hint: 'ALTER TABLE ... ROW_FORMAT=DYNAMIC, or let clonectl make the increments: --engine mysql.',
    }
  },
}
