// Where a replay stops, for every kind of target. Asked of one transaction after the other, so that the
// last that belongs and the first that does not are told apart at their boundary.

import type { BinlogFacts } from '../../binlog/binlog-facts.ts'
import { ClonectlError } from '../../errors.ts'
import { byBinlogName } from '../../mysql/binlog-name.ts'
import { microsOfDate } from '../../mysql/commit-time.ts'
import {
  gtidSetContains,
  gtidSetIntersects,
  gtidSetSubtract,
  normaliseGtidSet,
} from '../../mysql/gtid-set.ts'
import type { BinlogTransaction } from '../../mysql/binlog-transactions.ts'
import { microsOfTarget, type RecoveryTarget } from '../target.ts'

export interface StopRule {
  /** Whether the last transaction to replay may lie in this binlog, so that it has to be read. */
  mayStopIn(facts: BinlogFacts): boolean
  /** Whether a transaction still belongs; asked in order, and not again after the first refusal. */
  takes(transaction: BinlogTransaction, name: string): boolean
  /** Takes note of a binlog that is replayed whole without having been read. */
  pass(facts: BinlogFacts): void
  /** Why the target is not reached when everything there is was taken; undefined when it is. */
  shortfall(end: LogsEnd): string | undefined
}

/** Where the binlogs that there are end. */
export interface LogsEnd {
  readonly name: string
  readonly sizeBytes: number
  /** Up to when nothing else was committed. */
  readonly reach: Date | undefined
}

/** `held` are the GTIDs of the backup. Throws CONFIG for GTIDs that are not understood. */
export const stopRuleFor = (target: RecoveryTarget, held: string): StopRule => {
  switch (target.kind) {
    case 'time':
      return timeRule(microsOfTarget(target))
    case 'gtid':
      return gtidRule(target.gtids, held)
    case 'before-gtid':
      return beforeGtidRule(normaliseGtidSet(target.gtid))
    case 'position':
      return positionRule(target.file, target.position)
    case 'end':
      return { mayStopIn: () => false, takes: () => true, pass: noNote, shortfall: nothing }
  }
}

const noNote = (): void => undefined
const nothing = (): undefined => undefined

const timeRule = (until: bigint): StopRule => ({
  mayStopIn: ({ lastTimeMicros }) => lastTimeMicros !== null && BigInt(lastTimeMicros) > until,
  takes: ({ micros }) => micros <= until,
  pass: noNote,
  shortfall: ({ reach }) =>
    reach !== undefined && microsOfDate(reach) >= until
      ? undefined
      : `the binlogs reach only to ${reach?.toISOString() ?? 'the end of the backup'}`,
})

/** GTIDs still to come are few texts, so that sets of millions of them stay small. */
const gtidRule = (wanted: string, held: string): StopRule => {
  let missing = gtidSetSubtract(wanted, held)
  return {
    mayStopIn: ({ gtids }) => missing === '' || gtidSetContains(gtids, missing),
    takes: ({ gtid }) => {
      if (missing === '') return false
      if (gtid !== undefined) missing = gtidSetSubtract(missing, gtid)
      return true
    },
    pass: ({ gtids }) => {
      missing = gtidSetSubtract(missing, gtids)
    },
    shortfall: () => (missing === '' ? undefined : `the binlogs do not hold ${missing}`),
  }
}

const beforeGtidRule = (gtid: string): StopRule => {
  let found = false
  return {
    mayStopIn: ({ gtids }) => gtidSetIntersects(gtids, gtid),
    takes: (transaction) => {
      found ||= transaction.gtid !== undefined && normaliseGtidSet(transaction.gtid) === gtid
      return !found
    },
    pass: noNote,
    shortfall: () => (found ? undefined : `the binlogs do not hold ${gtid}`),
  }
}

const positionRule = (file: string, position: number): StopRule => ({
  mayStopIn: ({ name }) => byBinlogName(name, file) >= 0,
  takes: (transaction, name) => {
    const order = byBinlogName(name, file)
    if (order !== 0) return order < 0
    if (transaction.endPosition <= position) return true
    if (transaction.position < position) throw withinTransaction(file, position, transaction)
    return false
  },
  pass: noNote,
  shortfall: ({ name, sizeBytes }) => {
    const order = byBinlogName(name, file)
    return order > 0 || (order === 0 && sizeBytes >= position)
      ? undefined
      : `the binlogs end at ${name}:${sizeBytes}`
  },
})

const withinTransaction = (
  file: string,
  position: number,
  { position: from, endPosition, gtid }: BinlogTransaction,
): ClonectlError =>
  new ClonectlError(
    'TARGET_UNREACHABLE',
    `${file}:${position} lies within a transaction${gtid === undefined ? '' : ` (${gtid})`}, which is replayed whole or not at all`,
    {
      hint: `before it: --to-position ${file}:${from}; with it: --to-position ${file}:${endPosition}`,
      details: { file, position, from, to: endPosition },
    },
  )
