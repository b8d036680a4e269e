// Leaves transactions out of a replay: an empty one under the same GTID comes first, and the server runs
// no GTID twice. A replica that continues from here does not fetch them again either.

import { ClonectlError } from '../../errors.ts'
import { gtidSetContains, gtidSetSubtract, gtidsOf } from '../../mysql/gtid-set.ts'
import type { Session } from '../../mysql/session.ts'
import { quoteText } from '../../mysql/sql-text.ts'

/** Throws TARGET_UNREACHABLE when one of them is not among those that are replayed. */
export const requireSkippable = (skipped: string, replayed: string): void => {
  if (gtidSetContains(replayed, skipped)) return
  throw new ClonectlError(
    'TARGET_UNREACHABLE',
    `${gtidSetSubtract(skipped, replayed)} is not among the transactions that are replayed`,
    {
      hint: 'clonectl binlog find shows the GTIDs of transactions',
      details: { skipped, replayed },
    },
  )
}

/** Commits an empty transaction for each. Throws SERVER. */
export const skipTransactions = async (session: Session, skipped: string): Promise<void> => {
  for (const gtid of gtidsOf(skipped)) {
    await session.query(`SET SESSION gtid_next = ${quoteText(gtid)}`)
    await session.query('BEGIN')
    await session.query('COMMIT')
  }
  await session.query("SET SESSION gtid_next = 'AUTOMATIC'")
}
