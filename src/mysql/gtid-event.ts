// What the event at the head of a transaction says: its GTID and when it was committed here.
// Formats: libs/mysql/binlog/event/control_events.h (Gtid_event), control_events.cpp.
import { eventType } from './binlog-event.ts'
import { integerReader, type IntegerReader } from './serialized-integer.ts'
import { UUID_BYTES, uuidText } from './uuid-text.ts'

export interface GtidFacts {
  /** "uuid:7" or "uuid:tag:7"; undefined for an anonymous transaction. */
  readonly gtid: string | undefined
  /** Microseconds since 1970 at which this server committed; undefined in logs older than 8.0. */
  readonly commitTimeMicros: bigint | undefined
  /** Bytes of the transaction, this event included; undefined in logs older than 8.0.2. */
  readonly transactionBytes: number | undefined
}

/** Bytes of the body in which both facts are found, whatever the type: the tag has at most 32. */
export const GTID_BODY_BYTES = 128

/** Flags 1, SID 16, GNO 8, type 1, last_committed 8, sequence_number 8; then the commit time. */
const sidOffset = 1
const gnoOffset = 17
const commitTimeOffset = 42
const commitTimeBytes = 7

/** Bit 55 says that the time of the original commit follows, on another server. */
const commitTimeMask = (1n << 55n) - 1n

const plainCommitTime = (body: Buffer): bigint | undefined => {
  if (body.length < commitTimeOffset + commitTimeBytes) return undefined
  const low = BigInt(body.readUInt32LE(commitTimeOffset))
  const high = BigInt(body.readUIntLE(commitTimeOffset + 4, 3))
  const micros = ((high << 32n) | low) & commitTimeMask
  return micros === 0n ? undefined : micros
}

/** Bytes that follow a first byte of these. */
const lengthWidths: Readonly<Record<number, number>> = { 252: 2, 253: 3, 254: 8 }

/** A length as in the client protocol: below 251 one byte, else a byte that tells how many follow. */
const readLength = (bytes: Buffer, place: number): number | undefined => {
  const first = bytes[place]
  if (first === undefined || first < 251) return first
  const width = lengthWidths[first]
  if (width === undefined || bytes.length < place + 1 + width) return undefined
  return width === 8 ? Number(bytes.readBigUInt64LE(place + 1)) : bytes.readUIntLE(place + 1, width)
}

/** It follows the one or two commit times. */
const plainLength = (body: Buffer): number | undefined => {
  const lastOfTime = body[commitTimeOffset + commitTimeBytes - 1]
  if (lastOfTime === undefined) return undefined
  const times = lastOfTime & 0x80 ? 2 : 1
  const length = readLength(body, commitTimeOffset + times * commitTimeBytes)
  return length === 0 ? undefined : length
}

const parsePlain = (body: Buffer, anonymous: boolean): GtidFacts | undefined => {
  if (body.length < commitTimeOffset) return undefined
  const gno = body.readBigInt64LE(gnoOffset)
  const uuid = uuidText(body.subarray(sidOffset, gnoOffset))
  return {
    gtid: anonymous ? undefined : `${uuid}:${String(gno)}`,
    commitTimeMicros: plainCommitTime(body),
    transactionBytes: plainLength(body),
  }
}

const readUuid = (reader: IntegerReader): string | undefined => {
  const bytes = Array.from({ length: UUID_BYTES }, () => reader.unsigned())
  return bytes.includes(undefined) ? undefined : uuidText(Buffer.from(bytes.map(Number)))
}

const readTag = (reader: IntegerReader): string | undefined =>
  reader.skip(Number(reader.unsigned() ?? Infinity))?.toString('latin1')

interface TaggedFields {
  uuid?: string | undefined
  gno?: bigint | undefined
  tag?: string | undefined
  commitTimeMicros?: bigint | undefined
  transactionBytes?: bigint | undefined
}

/** By field id (Gtid_event::define_fields); what comes after these is not looked at. */
const taggedReaders: readonly ((reader: IntegerReader, fields: TaggedFields) => void)[] = [
  (reader) => reader.unsigned(),
  (reader, fields) => (fields.uuid = readUuid(reader)),
  (reader, fields) => (fields.gno = reader.signed()),
  (reader, fields) => (fields.tag = readTag(reader)),
  (reader) => reader.signed(),
  (reader) => reader.signed(),
  (reader, fields) => (fields.commitTimeMicros = reader.unsigned()),
  (reader) => reader.unsigned(),
  (reader, fields) => (fields.transactionBytes = reader.unsigned()),
]

/** Field ids in their order; absent fields are left out with their id. */
const readTaggedFields = (reader: IntegerReader): TaggedFields => {
  const fields: TaggedFields = {}
  for (let id = reader.unsigned(); id !== undefined; id = reader.unsigned()) {
    const read = taggedReaders[Number(id)]
    if (read === undefined) break
    read(reader, fields)
  }
  return fields
}

const serializationVersion = 1n

/** Version, size, last field that must be understood; then fields, each with its id. */
const parseTagged = (body: Buffer): GtidFacts | undefined => {
  const reader = integerReader(body)
  if (reader.unsigned() !== serializationVersion) return undefined
  reader.unsigned()
  reader.unsigned()
  const { uuid, gno, tag, commitTimeMicros, transactionBytes } = readTaggedFields(reader)
  if (!uuid || !gno) return undefined
  return {
    gtid: [uuid, ...(tag ? [tag] : []), String(gno)].join(':'),
    commitTimeMicros,
    transactionBytes: transactionBytes ? Number(transactionBytes) : undefined,
  }
}

/**
 * Reads the body (without the 19-byte header, at least GTID_BODY_BYTES of it or all there is) of
 * an event of type 33, 34 or 42. Undefined for other types and for a layout not known here; the
 * header's second is what remains then.
 */
export const parseGtidEvent = (type: number, body: Buffer): GtidFacts | undefined => {
  if (type === eventType.gtidTagged) return parseTagged(body)
  if (type === eventType.gtid) return parsePlain(body, false)
  if (type === eventType.anonymousGtid) return parsePlain(body, true)
  return undefined
}
