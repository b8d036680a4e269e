// The event at the beginning of a binlog that holds the GTIDs of everything written before it.
// Format: sql/rpl_gtid_set.cc (Gtid_set::encode). With a tag anywhere in the set, since 8.3, the
// first eight bytes and each UUID look different.
import { formatGtidSet, type GtidSet } from './gtid-set.ts'
import { integerReader } from './serialized-integer.ts'
import { UUID_BYTES, uuidText } from './uuid-text.ts'

/** The highest of the first eight bytes (mysql::gtid::Gtid_format). */
const untagged = 0
const tagged = 1

/** First number, and the first number that is no longer in it. */
const intervalBytes = 16

interface Cursor {
  readonly bytes: Buffer
  position: number
}

/** Undefined where the bytes end too early. */
const take = (cursor: Cursor, byteCount: number): Buffer | undefined => {
  const { bytes, position } = cursor
  if (position + byteCount > bytes.length) return undefined
  cursor.position += byteCount
  return bytes.subarray(position, position + byteCount)
}

const countOf = (cursor: Cursor): number | undefined => {
  const bytes = take(cursor, 8)
  return bytes === undefined ? undefined : Number(bytes.readBigUInt64LE(0))
}

/** Tags have at most 32 characters, so their length is an integer of one byte. */
const tagOf = (cursor: Cursor): string | undefined => {
  const length = integerReader(take(cursor, 1) ?? Buffer.alloc(0)).unsigned()
  return length === undefined ? undefined : take(cursor, Number(length))?.toString('latin1')
}

/** The server writes them in order, disjoint and not adjacent: as a GtidSet has them. */
const intervalsOf = (cursor: Cursor) => {
  const count = countOf(cursor)
  const bytes = count === undefined ? undefined : take(cursor, count * intervalBytes)
  if (count === undefined || bytes === undefined) return undefined
  return Array.from({ length: count }, (_, index) => ({
    first: bytes.readBigInt64LE(index * intervalBytes),
    last: bytes.readBigInt64LE(index * intervalBytes + 8) - 1n,
  }))
}

const groupOf = (cursor: Cursor, hasTags: boolean) => {
  const uuid = take(cursor, UUID_BYTES)
  const tag = hasTags ? tagOf(cursor) : ''
  const intervals = intervalsOf(cursor)
  if (uuid === undefined || tag === undefined || intervals === undefined) return undefined
  return [tag === '' ? uuidText(uuid) : `${uuidText(uuid)}:${tag}`, intervals] as const
}

/** How many groups follow, and whether they have tags; the tagged format has its number higher up. */
const headOf = (cursor: Cursor) => {
  const head = take(cursor, 8)
  const format = head?.readUInt8(7)
  if (head === undefined || (format !== untagged && format !== tagged)) return undefined
  const hasTags = format === tagged
  return { hasTags, groups: hasTags ? head.readUIntLE(1, 6) : head.readUIntLE(0, 6) }
}

/**
 * Reads the body of an event of type 35 as a set in normal form, '' when nothing was written
 * before; what follows the set, such as a checksum, is not looked at. Undefined for bytes that are
 * no set.
 */
export const parsePreviousGtids = (body: Buffer): string | undefined => {
  const cursor: Cursor = { bytes: body, position: 0 }
  const head = headOf(cursor)
  if (head === undefined) return undefined
  const set = new Map<string, NonNullable<ReturnType<GtidSet['get']>>>()
  for (let left = head.groups; left > 0; left -= 1) {
    const group = groupOf(cursor, head.hasTags)
    if (group === undefined) return undefined
    set.set(...group)
  }
  return formatGtidSet(set)
}
