// Up to when a binlog tells everything that was committed.

import type { BinlogEvent } from '../../mysql/binlog-file.ts'
import { isOutsideTransactions, transactionsOf } from '../../mysql/binlog-transactions.ts'
import { dateOfMicros } from '../../mysql/commit-time.ts'
import type { ReplayLog } from './replay-log.ts'

/**
 * The latest commit in it, or the time at which the server began or ended it; undefined for one without
 * an event. What was cut off within a transaction tells of no time.
 */
export const reachOfLog = async (log: ReplayLog): Promise<Date | undefined> => {
  if (log.facts !== undefined) {
    const { lastTimeMicros } = log.facts
    return lastTimeMicros === null ? undefined : dateOfMicros(BigInt(lastTimeMicros))
  }
  let latest = 0n
  const reach = (micros: bigint): void => {
    if (micros > latest) latest = micros
  }
  const watched = async function* (): AsyncGenerator<BinlogEvent> {
    for await (const event of log.events()) {
      if (isOutsideTransactions(event)) reach(BigInt(event.timestampSeconds) * 1_000_000n)
      yield event
    }
  }
  for await (const { micros } of transactionsOf(watched())) reach(micros)
  return latest === 0n ? undefined : dateOfMicros(latest)
}
