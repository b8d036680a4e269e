// What `history` does: asks the server, and says clearly when it is one that keeps no history.

import { ClonectlError } from '../errors.ts'
import { type HistoryRow, readCloneHistory } from '../mysql/clone-history.ts'
import { serverErrno } from '../mysql/server-errno.ts'
import type { Session } from '../mysql/session.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { historyListResult } from './output/history-list.ts'

export const listServerHistory = async (
  context: Pick<CommandContext, 'openSession' | 'reporter'>,
): Promise<CommandResult> => {
  await using session = await context.openSession()
  const rows = await readRows(session)
  context.reporter.info('times are UTC, whatever the zone of the server')
  return historyListResult(rows)
}

/** ER_NO_SUCH_TABLE, and ER_BAD_FIELD_ERROR of releases before increments. */
const missing: ReadonlyMap<number | undefined, string> = new Map([
  [1146, 'it has no mysql.clone_history'],
  [1054, 'its mysql.clone_history has no LSNs'],
])

const readRows = async (session: Session): Promise<readonly HistoryRow[]> => {
  try {
    return await readCloneHistory(session)
  } catch (error) {
    const errno = serverErrno(error)
    const what = missing.get(errno)
    if (what === undefined) throw error
    throw new ClonectlError('SERVER', `this server keeps no history of its clones: ${what}`, {
      hint: 'GreatSQL 8.0.32-26 and later keep one; clonectl chain list shows what is in a repository',
      details: { errno },
      cause: error,
    })
  }
}
