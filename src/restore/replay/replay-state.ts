// What an instance has executed: before a replay, and after it.

import { ClonectlError } from '../../errors.ts'
import {
  gtidSetContains,
  gtidSetEquals,
  gtidSetSubtract,
  gtidSetUnion,
} from '../../mysql/gtid-set.ts'
import type { Session } from '../../mysql/session.ts'
import { removeChannel } from './applier-channel.ts'
import { dropReplayUser } from './replay-account.ts'
import type { ReplayRange } from './replay-range.ts'
import { type ReplayRecord, writeReplayRecord } from './replay-record.ts'
import type { HeldState } from './same-history.ts'
import { readRestoredState } from './start-position.ts'

/** Where the backup ends, told by the restored instance itself; noted, for it knows it only until it changes. */
export const noteState = async (
  session: Session,
  stage: string,
  facts: Omit<ReplayRecord, 'state'>,
): Promise<HeldState> => {
  const state = await readRestoredState(session)
  // Without GTIDs the server cannot tell what it has run already.
  if ((await session.value('SELECT @@GLOBAL.gtid_mode')) === 'ON')
    await writeReplayRecord(stage, { ...facts, state: { ...state } })
  return state
}

/** The same of an instance on which a dead run had begun; what that run added is removed. */
export const resumeState = async (
  session: Session,
  stage: string,
  record: ReplayRecord,
  account: string,
): Promise<HeldState> => {
  await removeChannel(session)
  await dropReplayUser(session, record.account)
  await writeReplayRecord(stage, { ...record, account })
  return record.state
}

/** What is executed already must be of this replay: a dead run may have been on its way to a later target. */
export const requireOnTheWay = async (
  session: Session,
  state: HeldState,
  { gtids }: ReplayRange,
): Promise<void> => {
  const executed = await readExecuted(session)
  const surplus = gtidSetSubtract(executed, gtidSetUnion(state.gtidExecuted, gtids))
  if (surplus === '' && gtidSetContains(executed, state.gtidExecuted)) return
  throw new ClonectlError(
    'INTEGRITY',
    `what a dead restore left holds transactions that do not belong to the target: ${surplus}`,
    { details: { executed } },
  )
}

/**
 * That every program ended well says little: the set of executed transactions must be the sum. Returns
 * it. Throws INTEGRITY.
 */
export const requireArrived = async (
  session: Session,
  state: HeldState,
  range: ReplayRange,
): Promise<string> => {
  const executed = await readExecuted(session)
  if (range.gtids === '') return executed
  const expected = [state.gtidExecuted, range.gtids].filter((set) => set !== '').join(',')
  if (gtidSetEquals(executed, expected)) return executed
  throw new ClonectlError('INTEGRITY', 'the replay did not end where it should', {
    hint: 'the log of the private mysqld says more; the target was not made',
    details: { expected, executed },
  })
}

const readExecuted = async (session: Session): Promise<string> =>
  ((await session.value('SELECT @@GLOBAL.gtid_executed')) ?? '').replaceAll(/\s/g, '')
