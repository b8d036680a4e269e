// The transactions of a binlog, each with its boundaries. What the server had not finished when it died,
// or when the binlog was copied, is not among them.

import type { BinlogEvent } from './binlog-file.ts'
import { eventType } from './binlog-event.ts'

export interface BinlogTransaction {
  /** "uuid:7" or "uuid:tag:7"; undefined without GTIDs. */
  readonly gtid: string | undefined
  /** Of the commit; of the statement where the server writes no commit time. */
  readonly micros: bigint
  readonly position: number
  /** Where it ends, and the next may begin. */
  readonly endPosition: number
}

const outside: ReadonlySet<number> = new Set([
  eventType.stop,
  eventType.rotate,
  eventType.formatDescription,
  eventType.previousGtids,
])

/** Whether an event belongs to the binlog, not to a transaction. */
export const isOutsideTransactions = ({ type }: BinlogEvent): boolean => outside.has(type)

interface Head extends BinlogEvent {
  readonly endsAt: number | undefined
}

/** Only the event at the head of a transaction carries a commit time or a GTID. */
const headOf = (event: BinlogEvent): Head | undefined => {
  if (event.gtid === undefined && event.commitTimeMicros === undefined) return undefined
  const { transactionBytes } = event
  return { ...event, endsAt: transactionBytes && event.position + transactionBytes }
}

/** Yields the transactions that are whole, in their order. Throws what reading the events throws. */
export async function* transactionsOf(
  events: AsyncIterable<BinlogEvent>,
): AsyncGenerator<BinlogTransaction, void, undefined> {
  let head: Head | undefined
  let end = 0
  for await (const event of events) {
    const next = headOf(event)
    if (next === undefined && !isOutsideTransactions(event)) {
      end = event.nextPosition
      continue
    }
    if (head !== undefined && isWhole(head, end)) yield transactionAt(head, end)
    head = next
    end = event.nextPosition
  }
  if (head !== undefined && isWhole(head, end)) yield transactionAt(head, end)
}

/** Servers before 8.0.2 do not write the length; then nothing tells. */
const isWhole = ({ endsAt }: Head, end: number): boolean => endsAt === undefined || end >= endsAt

const transactionAt = (head: Head, endPosition: number): BinlogTransaction => ({
  gtid: head.gtid,
  micros: head.commitTimeMicros ?? BigInt(head.timestampSeconds) * 1_000_000n,
  position: head.position,
  endPosition,
})
