// The page-tracking functions of component_mysqlbackup, with their return codes made into errors.
import { ClonectlError } from '../errors.ts'
import type { Session } from './session.ts'

/** "Everything", and what a purge answers when nothing was left to purge. */
export const MAX_LSN = 9223372036854775807n

const explanations: Readonly<Record<string, string>> = {
  '-1': 'it refused the call',
  '-3802': 'page tracking is not started',
  '-3803': 'the LSN range was not tracked',
  '-3804': 'a clone is running',
}

/** Runs one of the functions; they answer failures with negative numbers, not with SQL errors. */
const callFunction = async (session: Session, call: string): Promise<bigint> => {
  const answer = await session.value(`SELECT ${call}`)
  const lsn = answer === null ? undefined : BigInt(answer)
  if (lsn !== undefined && lsn >= 0n) return lsn
  const why = explanations[answer ?? ''] ?? 'see the server’s error log'
  throw new ClonectlError('SERVER', `${call} answered ${answer ?? 'NULL'}: ${why}`, {
    hint:
      answer === '-3804'
        ? 'Try again when the clone has ended.'
        : 'See clonectl page-track status.',
    details: { answer },
  })
}

/**
 * Starts page tracking, or sets a reset point when it is on already. Returns the LSN from which
 * pages are tracked. Needs BACKUP_ADMIN. Throws SERVER.
 */
export const startPageTracking = (session: Session): Promise<bigint> =>
  callFunction(session, 'mysqlbackup_page_track_set(1)')

/**
 * Stops page tracking and returns the last checkpoint LSN, which is where its data ends; that lies
 * below the start when no checkpoint came in between. Does nothing, and returns 0, when it is off:
 * the function itself would start and stop it, and leave an empty group behind. Throws SERVER.
 */
export const stopPageTracking = async (session: Session): Promise<bigint> =>
  (await pageTrackingStart(session)) === 0n
    ? 0n
    : callFunction(session, 'mysqlbackup_page_track_set(0)')

/** The LSN since which pages are tracked, 0 when tracking is off. Throws SERVER. */
export const pageTrackingStart = (session: Session): Promise<bigint> =>
  callFunction(session, 'mysqlbackup_page_track_get_start_lsn()')

/**
 * Removes tracking data up to an LSN (MAX_LSN: all) and returns the LSN really reached, MAX_LSN
 * when there was nothing to remove. The data of tracking that is on is never removed.
 */
export const purgePageTracking = (session: Session, upTo: bigint): Promise<bigint> =>
  callFunction(session, `mysqlbackup_page_track_purge_up_to(${String(upTo)})`)
