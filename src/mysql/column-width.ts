// How many bytes a value takes in a row event, so that rows can be counted without being decoded.
// Types and metadata: include/field_types.h, libs/mysql/binlog/event/binary_log_funcs.cpp
// (calc_field_size), sql/rpl_utility.cc (table_def).

/** A value has a fixed number of bytes, or begins with its length in so many bytes. */
export interface ColumnWidth {
  readonly fixedBytes: number
  /** 0 for a value of fixed width. */
  readonly lengthBytes: number
  /** Rows of partial updates tell of these columns apart. */
  readonly isJson: boolean
}

const fixed = (fixedBytes: number): ColumnWidth => ({ fixedBytes, lengthBytes: 0, isJson: false })
const withLength = (lengthBytes: number): ColumnWidth => ({
  fixedBytes: 0,
  lengthBytes,
  isJson: false,
})

/** Types without metadata: TINY, SHORT, LONG, NULL, TIMESTAMP, LONGLONG, INT24, DATE, TIME, DATETIME, YEAR, NEWDATE. */
const plain: ReadonlyMap<number, ColumnWidth> = new Map(
  [
    [1, 1],
    [2, 2],
    [3, 4],
    [6, 0],
    [7, 4],
    [8, 8],
    [9, 3],
    [10, 3],
    [11, 3],
    [12, 8],
    [13, 1],
    [14, 3],
  ].map(([type = 0, bytes = 0]) => [type, fixed(bytes)]),
)

/** With a fraction of so many digits: two digits take a byte. */
const withFraction = (bytes: number) => (digits: number) => fixed(bytes + ((digits + 1) >> 1))

/** One byte of metadata: FLOAT, DOUBLE, TIMESTAMP2, DATETIME2, TIME2, VECTOR, JSON, blobs, GEOMETRY. */
const withOneByte: ReadonlyMap<number, (metadata: number) => ColumnWidth> = new Map([
  [4, fixed],
  [5, fixed],
  [17, withFraction(4)],
  [18, withFraction(5)],
  [19, withFraction(3)],
  [242, withLength],
  [245, (lengthBytes: number) => ({ ...withLength(lengthBytes), isJson: true })],
  [249, withLength],
  [250, withLength],
  [251, withLength],
  [252, withLength],
  [255, withLength],
])

const enumType = 247
const setType = 248

/** Bytes of the digits that are left over from groups of nine, which take four (decimal2bin). */
const restDigitBytes: readonly number[] = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
const digitBytes = (digits: number): number =>
  Math.floor(digits / 9) * 4 + (restDigitBytes[digits % 9] ?? 0)

const variable = (_low: number, high: number): ColumnWidth => withLength(high > 0 ? 2 : 1)

/** CHAR, ENUM and SET: the high bits of a long CHAR's length hide, inverted, in the type. */
const stringWidth = (type: number, bytes: number): ColumnWidth => {
  if (type === enumType || type === setType) return fixed(bytes)
  return withLength(((type & 0x30) ^ 0x30) === 0 ? 1 : 2)
}

/** Two bytes of metadata: VARCHAR, BIT, NEWDECIMAL, VAR_STRING, STRING. */
const withTwoBytes: ReadonlyMap<number, (first: number, second: number) => ColumnWidth> = new Map([
  [15, variable],
  [16, (bits: number, bytes: number) => fixed(bytes + (bits > 0 ? 1 : 0))],
  [246, (digits: number, scale: number) => fixed(digitBytes(digits - scale) + digitBytes(scale))],
  [253, variable],
  [254, stringWidth],
])

/**
 * The widths of a table's columns from its TABLE_MAP event; undefined when one is of a type that
 * is not known here, or when the metadata are not those of the types.
 */
export const columnWidths = (
  types: Buffer,
  metadata: Buffer,
): readonly ColumnWidth[] | undefined => {
  const widths: ColumnWidth[] = []
  let place = 0
  for (const type of types) {
    const oneByte = withOneByte.get(type)
    const twoBytes = withTwoBytes.get(type)
    const [first = 0, second = 0] = metadata.subarray(place, place + 2)
    const width = plain.get(type) ?? oneByte?.(first) ?? twoBytes?.(first, second)
    if (width === undefined) return undefined
    widths.push(width)
    place += oneByte === undefined ? (twoBytes === undefined ? 0 : 2) : 1
  }
  return place === metadata.length ? widths : undefined
}
