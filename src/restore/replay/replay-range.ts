// Which part of which binlogs leads from a backup's end to a target: found transaction by transaction, by
// what the server wrote at the head of each. mysqlbinlog itself would stop by whole seconds and by
// when a statement began.

import { ClonectlError } from '../../errors.ts'
import type { BinlogFacts } from '../../binlog/binlog-facts.ts'
import type { BinlogGap } from '../../binlog/binlog-gap.ts'
import { type BinlogTransaction, transactionsOf } from '../../mysql/binlog-transactions.ts'
import { dateOfMicros } from '../../mysql/commit-time.ts'
import { newGtidRuns } from '../../mysql/gtid-runs.ts'
import { gtidSetContains, gtidSetIntersects, gtidSetUnion } from '../../mysql/gtid-set.ts'
import type { ReplayLog } from './replay-log.ts'
import type { StopRule } from './stop-rule.ts'

/** Binlogs in their order, of which the first is replayed from a position on. */
export interface ReplayLogs {
  readonly logs: readonly ReplayLog[]
  readonly startPosition: number
  /** Behind the last one, where the archive has more that does not follow. */
  readonly gapAfter?: BinlogGap | undefined
}

/** A part of a replay: binlogs up to the end of a transaction. */
export interface ReplayRange extends ReplayLogs {
  /** Where the last transaction ends in the last of the logs; the start when there is none. */
  readonly endPosition: number
  readonly transactions: number
  /** GTIDs of these transactions, as text of a set. */
  readonly gtids: string
  /** GTID of the last transaction in the first file before the start: the backup must hold it. */
  readonly gtidBefore: string | undefined
  /** Latest time the transactions tell of; undefined without one. */
  readonly lastTime: Date | undefined
  /** Whether a transaction follows that does not belong, so that nothing can be missing before the target. */
  readonly isStopped: boolean
}

/**
 * Finds the range from the start to the last transaction that the rule takes. `held` are the GTIDs the
 * backup has. Throws BINLOG_GAP when no transaction ends at the start, INTEGRITY for bytes that are
 * no binlog, and what the rule throws.
 */
export const findReplayRange = async (
  { logs, startPosition }: ReplayLogs,
  rule: StopRule,
  held: string,
): Promise<ReplayRange> => {
  const walk = newWalk(startPosition, held)
  for (const [index, log] of logs.entries()) {
    if (log.changesServer) walk.changeServer()
    if (index > 0 && log.facts !== undefined && !mustRead(log.facts, rule, walk)) {
      rule.pass(log.facts)
      walk.pass(log.facts, index)
      continue
    }
    for await (const transaction of transactionsOf(log.events())) {
      if (index === 0 && walk.isBeforeStart(transaction, log.name)) continue
      if (walk.isKnown(transaction)) continue
      if (!rule.takes(transaction, log.name)) return walk.range(logs, true)
      walk.take(transaction, index)
    }
  }
  return walk.range(logs, false)
}

/** The end may lie in it, or it begins with what another server's binlogs held already. */
const mustRead = (facts: BinlogFacts, rule: StopRule, walk: Walk): boolean =>
  rule.mayStopIn(facts) || walk.isKnownInPart(facts)

/** Where the last transaction in a log ends. */
export const lastEndIn = async (log: ReplayLog): Promise<number> => {
  let end = 0
  for await (const { endPosition } of transactionsOf(log.events())) end = endPosition
  return end
}

interface Walk {
  /** Throws BINLOG_GAP when the start lies within this transaction of the first log. */
  isBeforeStart(transaction: BinlogTransaction, name: string): boolean
  /** What another server wrote, too, is not counted twice. */
  isKnown(transaction: BinlogTransaction): boolean
  isKnownInPart(facts: BinlogFacts): boolean
  changeServer(): void
  take(transaction: BinlogTransaction, index: number): void
  pass(facts: BinlogFacts, index: number): void
  range(logs: readonly ReplayLog[], isStopped: boolean): Promise<ReplayRange>
}

const newWalk = (startPosition: number, held: string): Walk => {
  const gtids = newGtidRuns()
  const passed: string[] = []
  let known: string | undefined
  let transactions = 0
  let gtidBefore: string | undefined
  let lastMicros: bigint | undefined
  let last: { index: number; endPosition: number | undefined } | undefined
  const reach = (micros: bigint): void => {
    if (lastMicros === undefined || micros > lastMicros) lastMicros = micros
  }
  const all = (): string => [gtids.text(), ...passed].filter((text) => text !== '').join(',')
  return {
    isBeforeStart({ gtid, position, endPosition }, name) {
      if (position >= startPosition) return false
      if (endPosition > startPosition) throw startsWithin(name, startPosition)
      gtidBefore = gtid ?? gtidBefore
      return true
    },
    isKnown: ({ gtid }) =>
      known !== undefined && gtid !== undefined && gtidSetContains(known, gtid),
    isKnownInPart: (facts) => known !== undefined && gtidSetIntersects(known, facts.gtids),
    changeServer() {
      known = gtidSetUnion(held, all())
    },
    take({ gtid, micros, endPosition }, index) {
      transactions += 1
      if (gtid !== undefined) gtids.add(gtid)
      reach(micros)
      last = { index, endPosition }
    },
    pass(facts, index) {
      if (facts.transactions === 0) return
      transactions += facts.transactions
      passed.push(facts.gtids)
      if (facts.lastTimeMicros !== null) reach(BigInt(facts.lastTimeMicros))
      last = { index, endPosition: undefined }
    },
    range: async (logs, isStopped) => ({
      ...(await cut(logs, startPosition, last)),
      startPosition,
      transactions,
      gtids: all(),
      gtidBefore,
      // Rounded up, so that a target of this very time reaches the last transaction.
      lastTime: lastMicros === undefined ? undefined : dateOfMicros(lastMicros),
      isStopped,
    }),
  }
}

/** Only the logs up to the last transaction; in one that was passed over its end is looked up. */
const cut = async (
  logs: readonly ReplayLog[],
  startPosition: number,
  last: { readonly index: number; readonly endPosition: number | undefined } | undefined,
): Promise<Pick<ReplayRange, 'logs' | 'endPosition'>> => {
  const log = last && logs[last.index]
  if (last === undefined || log === undefined)
    return { logs: logs.slice(0, 1), endPosition: startPosition }
  const endPosition = last.endPosition ?? (await lastEndIn(log))
  return { logs: logs.slice(0, last.index + 1), endPosition }
}

const startsWithin = (name: string, position: number): ClonectlError =>
  new ClonectlError(
    'BINLOG_GAP',
    `the backup ends at position ${position} of ${name}, where no transaction of this file ends`,
    {
      hint: 'use the binlogs of the server the backup was taken from',
      details: { name, position },
    },
  )
