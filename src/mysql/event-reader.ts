// Makes an event out of its bytes.
import {
  type BinlogEvent,
  EVENT_CHECKSUM_BYTES,
  EVENT_HEADER_BYTES,
  type EventHeader,
  eventType,
  isTransactionHead,
} from './binlog-event.ts'
import { parseFormatDescription } from './format-description.ts'
import { GTID_BODY_BYTES, parseGtidEvent } from './gtid-event.ts'

/** How much of which bodies is wanted, in bytes, besides those of the describing events. */
export type BodyBytes = (type: number, sizeBytes: number) => number

export interface EventReader {
  /** Whether events end with a checksum, as the last format description said. */
  readonly checksums: boolean
  /** How many bytes of an event are looked at, its header included; it may have fewer. */
  lookBytes(header: EventHeader): number
  /** `bytes` hold, from `offset` on, as much of the event as is looked at. */
  read(bytes: Buffer, offset: number, header: EventHeader, position: number): BinlogEvent
}

/** Describing events are small; one that says it is larger is damaged, and gets no body. */
const describingBytes = 64 * 1024 * 1024
const describing: ReadonlySet<number> = new Set([
  eventType.formatDescription,
  eventType.previousGtids,
  eventType.rotate,
])

const bodyWanted = ({ type, sizeBytes }: EventHeader, bodyBytes: BodyBytes | undefined): number => {
  if (describing.has(type)) return sizeBytes <= describingBytes ? sizeBytes : 0
  return bodyBytes === undefined ? 0 : bodyBytes(type, sizeBytes)
}

/** Reads the events of one binlog, from its format description on. */
export const newEventReader = (bodyBytes: BodyBytes | undefined): EventReader => {
  let checksums = false

  const bodyOf = (bytes: Buffer, offset: number, header: EventHeader): Buffer | undefined => {
    const wanted = bodyWanted(header, bodyBytes)
    if (wanted === 0) return undefined
    const hasSum = checksums && header.type !== eventType.formatDescription
    const end = offset + header.sizeBytes - (hasSum ? EVENT_CHECKSUM_BYTES : 0)
    const from = offset + EVENT_HEADER_BYTES
    // A copy, for what is in memory changes.
    return Buffer.from(bytes.subarray(from, Math.min(from + wanted, end)))
  }

  const gtidFacts = (bytes: Buffer, offset: number, { type, sizeBytes }: EventHeader) =>
    isTransactionHead({ type })
      ? parseGtidEvent(type, bytes.subarray(offset + EVENT_HEADER_BYTES, offset + sizeBytes))
      : undefined

  return {
    get checksums() {
      return checksums
    },
    lookBytes: (header) => {
      const wanted = bodyWanted(header, bodyBytes) + EVENT_CHECKSUM_BYTES
      return EVENT_HEADER_BYTES + Math.max(wanted, GTID_BODY_BYTES)
    },
    read: (bytes, offset, header, position) => {
      const { type, timestampSeconds, serverId, flags, sizeBytes } = header
      const facts = gtidFacts(bytes, offset, header)
      const body = bodyOf(bytes, offset, header)
      if (type === eventType.formatDescription && body !== undefined)
        checksums = parseFormatDescription(body)?.checksums ?? false
      return {
        type,
        timestampSeconds,
        serverId,
        flags,
        position,
        nextPosition: position + sizeBytes,
        sizeBytes,
        commitTimeMicros: facts?.commitTimeMicros,
        gtid: facts?.gtid,
        transactionBytes: facts?.transactionBytes,
        body,
      }
    },
  }
}
