// Whether binlogs go on where a backup ends. Another server's, or those of this one after it began anew,
// would be replayed without any error otherwise.

import { ClonectlError } from '../../errors.ts'
import { gtidSetContains, gtidSetIntersects } from '../../mysql/gtid-set.ts'
import type { ReplayRange } from './replay-range.ts'

/** What the backup, or the instance restored from it, knows of itself. */
export interface HeldState {
  readonly file: string
  readonly position: number
  readonly gtidExecuted: string
}

/**
 * The transaction just before the start must be one the backup holds, and none after it may be. Throws
 * BINLOG_GAP.
 */
export const requireSameHistory = (state: HeldState, range: ReplayRange): void => {
  const { gtidBefore, gtids } = range
  if (gtidBefore !== undefined && !gtidSetContains(state.gtidExecuted, gtidBefore))
    throw otherHistory(
      `${gtidBefore} stands before the backup's end in ${state.file}, but the backup does not hold it`,
    )
  const isKnown = range.logs.some(({ changesServer }) => changesServer)
  if (!isKnown && gtidSetIntersects(gtids, state.gtidExecuted))
    throw otherHistory(
      `transactions that the backup holds stand after its end, ${state.file}:${state.position}`,
    )
}

const otherHistory = (why: string): ClonectlError =>
  new ClonectlError('BINLOG_GAP', `the binlogs are of another history: ${why}`, {
    hint: 'use the binlogs of the server the backup was taken from',
  })
