// #clone/#clone_checkpoints: the three LSNs of a GreatSQL clone, written as its last act. It is all
// that INCREMENT BASED DIRECTORY reads of a base (GreatSQL clone_client.cc), it stays readable in a
// compressed backup, and it says nothing about whose server it was.

import { ClonectlError } from '../errors.ts'

/** Where the file stands in a clone's directory. It is also written after a clone that failed. */
export const CLONE_CHECKPOINTS = '#clone/#clone_checkpoints'

/** See the LSN columns of HistoryRow. */
export interface CloneCheckpoints {
  readonly startLsn: bigint
  /** 0 when the clone was taken without page tracking: no increment can be made on it. */
  readonly pageTrackLsn: bigint
  readonly endLsn: bigint
}

const fileForm =
  /^start_lsn = (0|[1-9]\d{0,19})\npage_track_lsn = (0|[1-9]\d{0,19})\nend_lsn = (0|[1-9]\d{0,19})\n$/

const broken = (name: string, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name}: ${problem}`, {
    hint: 'The clone that holds this file cannot be trusted; take a new one.',
    details: { file: name },
  })

/** The rule that the server itself applies to a base: start <= page track <= end. */
const requireOrder = (lsns: CloneCheckpoints, name: string): void => {
  const { startLsn, pageTrackLsn, endLsn } = lsns
  const isTracked = pageTrackLsn !== 0n
  if (isTracked && startLsn <= pageTrackLsn && pageTrackLsn <= endLsn) return
  if (!isTracked && startLsn <= endLsn) return
  throw broken(
    name,
    `start_lsn ${startLsn}, page_track_lsn ${pageTrackLsn}, end_lsn ${endLsn} do not follow each ` +
      'other; expected start_lsn <= page_track_lsn <= end_lsn',
  )
}

/**
 * Reads the file; `name` is what errors call it. A page_track_lsn of 0 is accepted: taken without
 * tracking. Throws INTEGRITY unless it is exactly the three lines in their order.
 */
export const parseCloneCheckpoints = (text: string, name: string): CloneCheckpoints => {
  const [, start, track, end] = fileForm.exec(text) ?? []
  if (start === undefined || track === undefined || end === undefined) {
    throw broken(
      name,
      `found ${JSON.stringify(text.slice(0, 120))}, expected the three lines ` +
        '"start_lsn = N", "page_track_lsn = N", "end_lsn = N"',
    )
  }
  const lsns = { startLsn: BigInt(start), pageTrackLsn: BigInt(track), endLsn: BigInt(end) }
  requireOrder(lsns, name)
  return lsns
}
