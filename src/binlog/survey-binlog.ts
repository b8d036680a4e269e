// What a binlog is as a whole, told from its events in one pass.

import { ClonectlError } from '../errors.ts'
import {
  type BinlogEvent,
  eventType,
  FLAG_ARTIFICIAL,
  isTransactionHead,
} from '../mysql/binlog-event.ts'
import { parseFormatDescription } from '../mysql/format-description.ts'
import { newGtidRuns } from '../mysql/gtid-runs.ts'
import { normaliseGtidSet } from '../mysql/gtid-set.ts'
import { parsePreviousGtids } from '../mysql/previous-gtids.ts'
import { parseRotate } from '../mysql/rotate-event.ts'
import type { BinlogFacts } from './binlog-facts.ts'

export interface SurveyedBinlog {
  readonly name: string
  readonly sizeBytes: number
}

/** Earliest and latest of the times given to it. */
interface Span {
  first: bigint | undefined
  last: bigint | undefined
}

const extend = (span: Span, micros: bigint): void => {
  if (span.first === undefined || micros < span.first) span.first = micros
  if (span.last === undefined || micros > span.last) span.last = micros
}

/** What its describing events say. */
const newDescription = (name: string) => {
  const facts = {
    serverVersion: '',
    checksums: false,
    previousGtids: '',
    ending: 'none' as BinlogFacts['ending'],
    nextName: null as string | null,
  }
  const parsed = <Parsed>(what: string, { position }: BinlogEvent, parsed: Parsed | undefined) => {
    if (parsed !== undefined) return parsed
    throw new ClonectlError('INTEGRITY', `${name}: found no ${what} at position ${position}`, {
      hint: 'Fetch the file from the server again (clonectl binlog pull).',
      details: { name, position },
    })
  }
  const bodyOf = ({ body }: BinlogEvent): Buffer => body ?? Buffer.alloc(0)
  return {
    facts,
    take: (event: BinlogEvent): void => {
      facts.ending = 'none'
      facts.nextName = null
      if (event.type === eventType.formatDescription) {
        const description = parseFormatDescription(bodyOf(event))
        const { serverVersion, checksums } = parsed('format description', event, description)
        Object.assign(facts, { serverVersion, checksums })
      } else if (facts.serverVersion === '') {
        parsed('format description', event, undefined)
      } else if (event.type === eventType.previousGtids) {
        const gtids = parsePreviousGtids(bodyOf(event))
        facts.previousGtids = parsed('GTID set of earlier binlogs', event, gtids)
      } else if (event.type === eventType.rotate) {
        facts.ending = 'rotate'
        facts.nextName = parsed(
          'name of the next binlog',
          event,
          parseRotate(bodyOf(event)),
        ).nextName
      } else if (event.type === eventType.stop) facts.ending = 'stop'
    },
  }
}

/** The transactions that are whole: what a crash or a copy cut off does not count. */
const newTransactions = () => {
  const gtids = newGtidRuns()
  const commits: Span = { first: undefined, last: undefined }
  let count = 0
  let anonymous = 0
  let head: BinlogEvent | undefined
  let end = 0
  /** Servers before 8.0.2 do not write the length; then nothing tells. */
  const finish = (): void => {
    if (head === undefined || end < head.position + (head.transactionBytes ?? 0)) return
    count += 1
    if (head.gtid === undefined) anonymous += 1
    else gtids.add(head.gtid)
    if (head.commitTimeMicros !== undefined) extend(commits, head.commitTimeMicros)
    head = undefined
  }
  return {
    commits,
    take: (event: BinlogEvent): void => {
      if (isTransactionHead(event)) {
        finish()
        head = event
      }
      end = event.nextPosition
    },
    facts: () => {
      finish()
      return { gtids: normaliseGtidSet(gtids.text()), transactions: count, anonymous }
    },
  }
}

const textOf = (micros: bigint | undefined): string | null =>
  micros === undefined ? null : String(micros)

/**
 * Reads all events, in their order from the first one on. Transactions cut off at the end are not
 * counted. Throws INTEGRITY when the file does not begin with a format description or holds a
 * describing event that is not understood, and what the events throw.
 */
export const surveyBinlog = async (
  events: AsyncIterable<BinlogEvent>,
  { name, sizeBytes }: SurveyedBinlog,
): Promise<BinlogFacts> => {
  const description = newDescription(name)
  const transactions = newTransactions()
  const serverIds = new Set<number>()
  let firstSecond = Infinity
  let lastSecond = 0
  for await (const event of events) {
    // Made for a replica that reads, and never part of the server's own file.
    if (event.flags & FLAG_ARTIFICIAL) continue
    description.take(event)
    transactions.take(event)
    serverIds.add(event.serverId)
    const { timestampSeconds } = event
    if (timestampSeconds === 0) continue
    if (timestampSeconds < firstSecond) firstSecond = timestampSeconds
    if (timestampSeconds > lastSecond) lastSecond = timestampSeconds
  }
  const found = transactions.facts()
  const seconds: Span = { first: undefined, last: undefined }
  if (lastSecond > 0) extend(seconds, BigInt(firstSecond) * 1_000_000n)
  if (lastSecond > 0) extend(seconds, BigInt(lastSecond) * 1_000_000n)
  // A session can set the time of its events, but not that of its commits.
  const span = transactions.commits.first === undefined ? seconds : transactions.commits
  return {
    name,
    sizeBytes,
    firstTimeMicros: textOf(span.first),
    lastTimeMicros: textOf(span.last),
    ...description.facts,
    ...found,
    serverIds: [...serverIds].toSorted((a, b) => a - b),
  }
}
