// mysql.clone_history is one of the witnesses that a clone of GreatSQL's is what was asked for.

import { serverErrno } from '../../mysql/server-errno.ts'
import type { Check } from '../check.ts'

const TABLE_ACCESS_DENIED = 1142

export const cloneHistory: Check = {
  name: 'clone-history',
  run: async ({ recipient, engine }) => {
    if (engine === 'mysql') return { state: 'ok', message: 'the server keeps no history of clones' }
    try {
      await recipient.session.query('SELECT 1 FROM mysql.clone_history LIMIT 0')
      return { state: 'ok', message: 'mysql.clone_history can be read' }
    } catch (error) {
      if (serverErrno(error) !== TABLE_ACCESS_DENIED) throw error
      return {
        state: 'fail',
        message: 'the account may not read mysql.clone_history, which confirms a clone',
        hint: 'As an administrator: GRANT SELECT ON mysql.clone_history TO the account',
      }
    }
  },
}
