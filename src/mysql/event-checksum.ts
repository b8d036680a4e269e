// The CRC-32 that an event ends with.
// Format: libs/mysql/binlog/event/binlog_event.cpp (Log_event_footer::event_checksum_test).
import { crc32 } from 'node:zlib'
import { EVENT_CHECKSUM_BYTES, eventType, FLAG_IN_USE, parseEventHeader } from './binlog-event.ts'

/** Where the header has its flags. */
const flagsAt = 17

/** What the server sums up: it clears the flag when it closes the file, and the sum stays. */
const summed = (event: Buffer): Buffer => {
  const { type, flags } = parseEventHeader(event)
  if (type !== eventType.formatDescription || (flags & FLAG_IN_USE) === 0) return event
  const cleared = Buffer.from(event)
  cleared.writeUInt16LE(flags & ~FLAG_IN_USE, flagsAt)
  return cleared
}

/** Whether a whole event is what its checksum says. */
export const hasRightChecksum = (event: Buffer): boolean => {
  const end = event.length - EVENT_CHECKSUM_BYTES
  if (end < flagsAt + 2) return false
  return crc32(summed(event).subarray(0, end)) === event.readUInt32LE(end)
}
