// Where a restored instance continues in the donor's binlogs. Only the instance itself knows it:
// the coordinates lie in its own tables and appear in clone_status after the first start.

import { basename } from 'node:path'
import { ClonectlError } from '../../errors.ts'
import { readCloneStatus } from '../../mysql/clone-status.ts'
import type { Session } from '../../mysql/session.ts'
import type { HeldState } from './same-history.ts'

/** Reads the coordinates. Throws BINLOG_GAP when the donor wrote no binlog. */
export const readRestoredState = async (session: Session): Promise<HeldState> => {
  const row = (await readCloneStatus(session)).find((status) => status.binlogFile !== '')
  const gtidExecuted = await session.value('SELECT @@GLOBAL.gtid_executed')
  if (row !== undefined) {
    return {
      file: basename(row.binlogFile),
      position: Number(row.binlogPosition),
      gtidExecuted: (gtidExecuted ?? '').replaceAll(/\s/g, ''),
    }
  }
  throw new ClonectlError(
    'BINLOG_GAP',
    'the restored instance does not know where it is in the binlogs: the donor wrote none',
    { hint: 'restore without --to-time; for recovery to a time the donor needs log_bin' },
  )
}
