// How badly a binlog fits the time at which a backup ended in it. A server that begins its binlogs anew gives the same
// names and positions a second time; then only the times of the commits tell which of the two is meant.

import type { BinlogFacts } from '../../binlog/binlog-facts.ts'
import { microsOfDate } from '../../mysql/commit-time.ts'

/** As much as stands in a binlog before its first transaction, and more than what ends it. */
const DESCRIBING_BYTES = 200

/**
 * By how many microseconds commits before the position came too late, or commits after it too early; 0 when
 * all is as it should be. The clock of the backup may differ from the server's, so this can only rank.
 */
export const misfitMicros = (
  { firstTimeMicros, lastTimeMicros, sizeBytes, transactions }: BinlogFacts,
  position: number,
  at: Date,
): bigint => {
  if (transactions === 0 || firstTimeMicros === null || lastTimeMicros === null) return 0n
  const ended = microsOfDate(at)
  const [first, last] = [BigInt(firstTimeMicros), BigInt(lastTimeMicros)]
  const isAtStart = position <= DESCRIBING_BYTES
  const isAtEnd = sizeBytes <= position + DESCRIBING_BYTES
  const tooLate = isAtStart ? 0n : first - ended
  const tooEarly = isAtStart ? ended - first : isAtEnd ? 0n : ended - last
  return [tooLate, tooEarly, 0n].reduce((most, one) => (one > most ? one : most))
}
