// A transaction compressed as a whole (binlog_transaction_compression).
// Format: libs/mysql/binlog/event/codecs/binary.cpp (Transaction_payload).
import { EVENT_HEADER_BYTES, parseEventHeader } from './binlog-event.ts'
import { byteCursor } from './byte-cursor.ts'

export interface TransactionPayload {
  readonly compression: 'zstd' | 'none'
  readonly uncompressedBytes: number
  /** Events, each with its header and without a checksum, compressed together. */
  readonly content: Buffer
}

const endMark = 0
const compressionField = 2
const uncompressedField = 3

const compressions: ReadonlyMap<number, TransactionPayload['compression']> = new Map([
  [0, 'zstd'],
  [255, 'none'],
])

/** Enough of the body to hold its fields. */
export const PAYLOAD_HEAD_BYTES = 64

/**
 * Reads the body of an event of type 40, or its first bytes, which then are followed by less
 * content. Undefined for bytes that are none, and for a compression that is not known.
 */
export const parseTransactionPayload = (body: Buffer): TransactionPayload | undefined => {
  const cursor = byteCursor(body)
  const fields = new Map<number, number>()
  for (let field = cursor.packed(); field !== endMark; field = cursor.packed())
    fields.set(field, byteCursor(cursor.take(cursor.packed())).packed())
  const compression = compressions.get(fields.get(compressionField) ?? -1)
  if (cursor.isShort || compression === undefined) return undefined
  const content = cursor.rest()
  return {
    compression,
    uncompressedBytes: fields.get(uncompressedField) ?? content.length,
    content,
  }
}

export interface PayloadEvent {
  readonly type: number
  readonly sizeBytes: number
  readonly body: Buffer
}

/** The events of an uncompressed payload, in order; it ends where they are no events any more. */
export function* payloadEvents(content: Buffer): Generator<PayloadEvent> {
  let place = 0
  while (place + EVENT_HEADER_BYTES <= content.length) {
    const { type, sizeBytes } = parseEventHeader(content, place)
    if (sizeBytes < EVENT_HEADER_BYTES || place + sizeBytes > content.length) return
    yield { type, sizeBytes, body: content.subarray(place + EVENT_HEADER_BYTES, place + sizeBytes) }
    place += sizeBytes
  }
}
