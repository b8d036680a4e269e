// Tells two binlogs of the same name apart: a server that has begun anew uses the names again.
import { EVENT_HEADER_BYTES, eventType, parseEventHeader } from './binlog-event.ts'

/** As much of a file as birthOf looks at; a format description has some 120 bytes. */
export const BIRTH_BYTES = 512

/** log_event.h BIN_LOG_HEADER_SIZE: the event begins after the magic number. */
const EVENT = 4
/** In the header: where the event ends, and flags. */
const END_AND_FLAGS = [EVENT + 13, EVENT + EVENT_HEADER_BYTES] as const
/** In the body after binlog version (2 bytes) and server version (50): when the server was started. */
const CREATED = [EVENT + EVENT_HEADER_BYTES + 52, EVENT + EVENT_HEADER_BYTES + 56] as const
const CHECKSUM_BYTES = 4

/**
 * What stays the same in every copy of one binlog and differs between two: the format description it
 * begins with, which holds the second of its making. A copy that begins at a later position has a few
 * fields of it set to 0 (Binlog_sender::send_format_description_event); they are left out. Undefined
 * for what does not begin as a binlog.
 */
export const birthOf = (head: Buffer): string | undefined => {
  if (head.length < EVENT + EVENT_HEADER_BYTES) return undefined
  const { type, sizeBytes } = parseEventHeader(head.subarray(EVENT))
  const end = EVENT + sizeBytes
  if (type !== eventType.formatDescription || end < CREATED[1] || head.length < end)
    return undefined
  const event = Buffer.from(head.subarray(0, end - CHECKSUM_BYTES))
  for (const [from, to] of [END_AND_FLAGS, CREATED]) event.fill(0, from, to)
  return event.toString('hex')
}
