// What the event at the head of a transaction says: its GTID and when it was committed here.
// Formats: libs/mysql/binlog/event/control_events.h (Gtid_event), control_events.cpp.
import { eventType } from './binlog-event.ts'
import { integerReader, type IntegerReader } from './serialized-integer.ts'

export interface GtidFacts {
  /** "uuid:7" or "uuid:tag:7"; undefined for an anonymous transaction. */
  readonly gtid: string | undefined
  /** Microseconds since 1970 at which this server committed; undefined in logs older than 8.0. */
  readonly commitTimeMicros: bigint | undefined
}

/** Bytes of the body in which both facts are found, whatever the type: the tag has at most 32. */
export const GTID_BODY_BYTES = 128

const uuidText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')

/** Flags 1, SID 16, GNO 8, type 1, last_committed 8, sequence_number 8; then the commit time. */
const sidOffset = 1
const gnoOffset = 17
const commitTimeOffset = 42
const commitTimeBytes = 7

/** Bit 55 says that the time of the original commit follows, on another server. */
const commitTimeMask = (1n << 55n) - 1n

const plainCommitTime = (body: Buffer): bigint | undefined => {
  if (body.length < commitTimeOffset + commitTimeBytes) return undefined
  const low = BigInt(body.readUIntLE(commitTimeOffset, 4))
  const high = BigInt(body.readUIntLE(commitTimeOffset + 4, 3))
  return ((high << 32n) | low) & commitTimeMask
}

const parsePlain = (body: Buffer, anonymous: boolean): GtidFacts | undefined => {
  if (body.length < commitTimeOffset) return undefined
  const gno = body.readBigInt64LE(gnoOffset)
  const uuid = uuidText(body.subarray(sidOffset, gnoOffset))
  return {
    gtid: anonymous ? undefined : `${uuid}:${String(gno)}`,
    commitTimeMicros: plainCommitTime(body),
  }
}

const readUuid = (reader: IntegerReader): string | undefined => {
  const bytes = Array.from({ length: 16 }, () => reader.unsigned())
  return bytes.includes(undefined) ? undefined : uuidText(Uint8Array.from(bytes, Number))
}

const readTag = (reader: IntegerReader): string | undefined =>
  reader.skip(Number(reader.unsigned() ?? Infinity))?.toString('latin1')

/** Field ids in their order; absent fields are left out with their id. */
const readTaggedFields = (reader: IntegerReader) => {
  const fields: { uuid?: string; gno?: bigint; tag?: string; commitTimeMicros?: bigint } = {}
  for (let id = reader.unsigned(); id !== undefined; id = reader.unsigned()) {
    if (id === 0n) reader.unsigned()
    else if (id === 1n) fields.uuid = readUuid(reader) ?? ''
    else if (id === 2n) fields.gno = reader.signed() ?? 0n
    else if (id === 3n) fields.tag = readTag(reader) ?? ''
    else if (id === 4n || id === 5n) reader.signed()
    else {
      // Field 6 is the commit time; whatever comes after it is not looked at.
      const commitTimeMicros = id === 6n ? reader.unsigned() : undefined
      return { ...fields, commitTimeMicros }
    }
  }
  return { ...fields, commitTimeMicros: undefined }
}

const serializationVersion = 1n

/** Version, size, last field that must be understood; then fields, each with its id. */
const parseTagged = (body: Buffer): GtidFacts | undefined => {
  const reader = integerReader(body)
  if (reader.unsigned() !== serializationVersion) return undefined
  reader.unsigned()
  reader.unsigned()
  const { uuid, gno, tag, commitTimeMicros } = readTaggedFields(reader)
  if (!uuid || !gno) return undefined
  return { gtid: [uuid, ...(tag ? [tag] : []), String(gno)].join(':'), commitTimeMicros }
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
