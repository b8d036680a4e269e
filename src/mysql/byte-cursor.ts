// Reads the fields of an event one after the other. Bytes that end too early give zeros and are
// told of at the end, so that a reader of many fields asks once.

export interface ByteCursor {
  /** Place of the next byte. */
  readonly place: number
  /** Whether more was asked for than there is. */
  readonly isShort: boolean
  take(count: number): Buffer
  /** Little-endian, of one to six bytes. */
  integer(byteCount: number): number
  /**
   * One byte below 251, else a byte that tells how many follow (net_field_length of
   * mysys/pack.cc).
   */
  packed(): number
  rest(): Buffer
}

const nothing: Buffer = Buffer.alloc(0)

/** Bytes that follow a first byte of 251 and above; 251 itself stands for NULL. */
const packedWidths: readonly number[] = [0, 2, 3, 8]
const firstWide = 251

/** Reads from the beginning of `bytes`. */
export const byteCursor = (bytes: Buffer): ByteCursor => {
  let place = 0
  let isShort = false
  const take = (count: number): Buffer => {
    if (isShort || place + count > bytes.length) {
      isShort = true
      return nothing
    }
    place += count
    return bytes.subarray(place - count, place)
  }
  const integer = (byteCount: number): number => {
    const taken = take(byteCount)
    return taken.length === 0 ? 0 : taken.readUIntLE(0, byteCount)
  }
  const packed = (): number => {
    const first = integer(1)
    if (first < firstWide) return first
    const width = packedWidths[first - firstWide]
    if (width === undefined || width === 0) {
      isShort = true
      return 0
    }
    if (width < 8) return integer(width)
    const taken = take(width)
    return taken.length === 0 ? 0 : Number(taken.readBigUInt64LE(0))
  }
  return {
    get place() {
      return place
    },
    get isShort() {
      return isShort
    },
    take,
    integer,
    packed,
    rest: () => take(bytes.length - place),
  }
}
