// CLONE copies InnoDB. A table of another engine comes back defined but empty, which nobody should
// learn on the day of a restore.

import { hasPrivilege } from '../../mysql/privileges.ts'
import type { Check } from '../check.ts'
import { nameSome } from './name-some.ts'

/** Left out: the server's own schemas, and engines that keep no rows of their own on disk. */
const TABLES_SQL =
  "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, ' (', ENGINE, ')') AS name, " +
  'COUNT(*) OVER () AS total FROM information_schema.TABLES ' +
  "WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN ('InnoDB', 'MEMORY', 'BLACKHOLE', 'FEDERATED') " +
  "AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') " +
  'ORDER BY TABLE_SCHEMA, TABLE_NAME LIMIT 5'

/** With any of these on *.*, information_schema.TABLES shows every table. */
const REVEALING = ['SELECT', 'SHOW VIEW', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER']

export const nonInnodbTables: Check = {
  name: 'non-innodb-tables',
  run: async ({ session, capabilities }) => {
    const rows = await session.query(TABLES_SQL)
    const total = Number(rows[0]?.['total'] ?? 0)
    const names = rows.map((row) => row['name'] ?? '')
    if (total > 0)
      return {
        state: 'warn',
        message: `the rows of tables that are not InnoDB are not backed up: ${nameSome(names, total)}`,
        hint: 'ALTER TABLE ... ENGINE = InnoDB, or dump them besides.',
      }
    if (REVEALING.some((name) => hasPrivilege(capabilities.privileges, name)))
      return { state: 'ok', message: 'every user table is InnoDB' }
    return {
      state: 'warn',
      message:
        'this account does not see every table; those of other engines than InnoDB are not backed up',
      hint: 'GRANT SHOW VIEW ON *.* shows it the names, or run clonectl doctor as an administrator.',
    }
  },
}
