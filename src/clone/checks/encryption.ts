// CLONE copies encrypted files as they are; the keys stay in the keyring, outside the backup.

import type { Session } from '../../mysql/session.ts'
import type { Check } from '../check.ts'
import { nameSome } from './name-some.ts'

const TABLESPACES_SQL =
  'SELECT NAME AS name, COUNT(*) OVER () AS total FROM information_schema.INNODB_TABLESPACES ' +
  "WHERE ENCRYPTION = 'Y' ORDER BY NAME LIMIT 5"

const LOGS_SQL =
  'SHOW GLOBAL VARIABLES WHERE Variable_name IN ' +
  "('innodb_redo_log_encrypt', 'innodb_undo_log_encrypt') AND Value = 'ON'"

export const encryption: Check = {
  name: 'encrypted-tablespaces',
  run: async ({ session }) => {
    const found = [...(await encryptedTablespaces(session)), ...(await encryptedLogs(session))]
    if (found.length === 0) return { state: 'ok', message: 'nothing is encrypted' }
    return {
      state: 'warn',
      message: `${found.join('; ')}: the keyring is not part of a backup, and without it a restored server cannot read them`,
      hint: 'Back the keyring up apart from the backups, and keep every key it ever held.',
    }
  },
}

const encryptedTablespaces = async (session: Session): Promise<readonly string[]> => {
  const rows = await session.query(TABLESPACES_SQL)
  if (rows.length === 0) return []
  const total = Number(rows[0]?.['total'])
  return [
    `encrypted tablespaces: ${nameSome(
      rows.map((row) => row['name'] ?? ''),
      total,
    )}`,
  ]
}

const encryptedLogs = async (session: Session): Promise<readonly string[]> =>
  (await session.query(LOGS_SQL)).map((row) => `${row['Variable_name'] ?? ''} is ON`)
