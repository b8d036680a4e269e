// A clone is made consistent by redo, so CLONE refuses while none is written (ERROR 3983).

import type { Check } from '../check.ts'

const STATUS = "SHOW GLOBAL STATUS LIKE 'Innodb_redo_log_enabled'"
const ENABLE = 'ALTER INSTANCE ENABLE INNODB REDO_LOG'

export const redoLogEnabled: Check = {
  name: 'redo-log-enabled',
  run: async ({ session }) => {
    const [row] = await session.query(STATUS)
    if (row?.['Value'] !== 'OFF') return { state: 'ok', message: 'InnoDB writes its redo log' }
    return {
      state: 'fail',
      message: 'InnoDB redo logging is disabled: CLONE refuses (ERROR 3983)',
      hint: `When the load that disabled it is done: ${ENABLE}, or clonectl doctor --fix`,
      fix: [ENABLE],
    }
  },
}
