// Looks through binlogs for transactions that changed certain tables: how an accident is found.

import { ClonectlError } from '../errors.ts'
import { type BinlogEvent, eventType, isTransactionHead } from '../mysql/binlog-event.ts'
import type { BodyBytes } from '../mysql/event-reader.ts'
import {
  PAYLOAD_HEAD_BYTES,
  parseTransactionPayload,
  payloadEvents,
} from '../mysql/transaction-payload.ts'
import { type ChangeCollector, newChangeCollector } from './collect-changes.ts'
import { openPayload, PAYLOAD_LIMIT_BYTES } from './open-payload.ts'
import { type SearchFilter, searchFilter } from './search-filter.ts'
import type {
  FoundChange,
  FoundTransaction,
  SearchedBinlog,
  SearchOutcome,
  TransactionPlace,
  TransactionSearch,
  UnopenedTransaction,
} from './transaction-search.ts'

interface Finds {
  readonly transactions: FoundTransaction[]
  readonly unopened: UnopenedTransaction[]
  isCut: boolean
  readonly limit: number
}

/** The transaction that is being read. */
interface Current {
  readonly head: BinlogEvent
  endPosition: number
  /** Set when it is compressed and too large. */
  uncompressedBytes: number | undefined
}

const microsOf = ({ commitTimeMicros, timestampSeconds }: BinlogEvent): bigint =>
  commitTimeMicros ?? BigInt(timestampSeconds) * 1_000_000n

/** Bodies are asked for while a transaction is read that may be one of those looked for. */
const bodiesFor =
  (collector: ChangeCollector, isLookedInto: () => boolean): BodyBytes =>
  (type, sizeBytes) => {
    if (!isLookedInto()) return 0
    if (type !== eventType.transactionPayload) return collector.bodyBytes(type, sizeBytes)
    return sizeBytes <= PAYLOAD_LIMIT_BYTES ? sizeBytes : PAYLOAD_HEAD_BYTES
  }

/** Returns the size of one that is too large to be looked into. */
const takePayload = async (
  collector: ChangeCollector,
  event: BinlogEvent,
  path: string,
): Promise<number | undefined> => {
  const payload = event.body === undefined ? undefined : parseTransactionPayload(event.body)
  if (payload === undefined) {
    const found = `${path}: found a compressed transaction at position ${event.position} that is not understood`
    throw new ClonectlError('INTEGRITY', found, { details: { path, position: event.position } })
  }
  const { uncompressedBytes } = payload
  if (Math.max(event.sizeBytes, uncompressedBytes) > PAYLOAD_LIMIT_BYTES) return uncompressedBytes
  const content = await openPayload(payload, `${path} at position ${event.position}`)
  for (const inner of payloadEvents(content)) collector.take(inner)
  return undefined
}

const placeOf = (
  { head, endPosition }: Current,
  { name, archive }: SearchedBinlog,
): TransactionPlace => ({
  archive,
  file: name,
  position: head.position,
  endPosition,
  gtid: head.gtid ?? null,
  micros: microsOf(head),
})

/** Takes note of a transaction that is read to its end; one cut off was not committed. */
const note = (
  current: Current,
  changes: readonly FoundChange[],
  binlog: SearchedBinlog,
  finds: Finds,
): void => {
  const { head, endPosition, uncompressedBytes } = current
  const isFound = changes.length > 0 || uncompressedBytes !== undefined
  if (!isFound || endPosition < head.position + (head.transactionBytes ?? 0)) return
  const place = placeOf(current, binlog)
  if (uncompressedBytes !== undefined) finds.unopened.push({ ...place, uncompressedBytes })
  else if (finds.transactions.length < finds.limit) finds.transactions.push({ ...place, changes })
  else finds.isCut = true
}

const searchBinlog = async (
  binlog: SearchedBinlog,
  filter: SearchFilter,
  signal: AbortSignal | undefined,
  finds: Finds,
): Promise<void> => {
  let current: Current | undefined
  const collector = newChangeCollector(filter.wants)
  const end = (): void => {
    if (current !== undefined) note(current, collector.changes(), binlog, finds)
    current = undefined
  }
  for await (const event of binlog.events(bodiesFor(collector, () => current !== undefined))) {
    if (isTransactionHead(event)) {
      signal?.throwIfAborted()
      end()
      if (finds.isCut) return
      if (!filter.mayBe(event.gtid, microsOf(event))) continue
      collector.begin()
      current = { head: event, endPosition: event.nextPosition, uncompressedBytes: undefined }
    } else if (current !== undefined) {
      if (event.type === eventType.transactionPayload)
        current.uncompressedBytes = await takePayload(collector, event, binlog.path)
      else collector.take(event)
      current.endPosition = event.nextPosition
    }
  }
  end()
}

/**
 * Looks through the binlogs, in the order they are given. A damaged one is named, and hides no
 * other. Throws CONFIG for GTIDs that are not understood, and what the signal was fired with.
 */
export const findTransactions = async (
  binlogs: readonly SearchedBinlog[],
  search: TransactionSearch,
): Promise<SearchOutcome> => {
  const filter = searchFilter(search)
  const finds: Finds = { transactions: [], unopened: [], isCut: false, limit: search.limit }
  const damaged: { path: string; message: string }[] = []
  let read = 0
  let passed = 0
  for (const binlog of binlogs) {
    if (finds.isCut) break
    if (binlog.facts !== undefined && !filter.mayHold(binlog.facts)) {
      passed += 1
      continue
    }
    read += 1
    try {
      await searchBinlog(binlog, filter, search.signal, finds)
    } catch (error) {
      if (!(error instanceof ClonectlError) || error.code !== 'INTEGRITY') throw error
      damaged.push({ path: binlog.path, message: error.message })
    }
  }
  const { transactions, unopened, isCut } = finds
  return { transactions, unopened, isCut, damaged, read, passed }
}
