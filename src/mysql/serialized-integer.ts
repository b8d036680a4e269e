// The variable-length integers of MySQL's serialization library, which tagged GTID events use.
// Format: libs/mysql/serialization/variable_length_integers.h. As many bytes follow the first one
// as it has ones at its low end; the value is little-endian, its lowest bits in the first byte.

/** Reads integers one after the other; undefined when the bytes end too early. */
export interface IntegerReader {
  unsigned(): bigint | undefined
  /** Stored as twice its value; negative numbers are stored as twice the complement, plus one. */
  signed(): bigint | undefined
  skip(byteCount: number): Buffer | undefined
}

const trailingOnes = (byte: number): number => {
  let count = 0
  while (count < 8 && (byte >> count) & 1) count += 1
  return count
}

const littleEndian = (bytes: Buffer): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)

/** Reads from the beginning of `bytes`. */
export const integerReader = (bytes: Buffer): IntegerReader => {
  let position = 0
  const skip = (byteCount: number): Buffer | undefined => {
    if (position + byteCount > bytes.length) return undefined
    position += byteCount
    return bytes.subarray(position - byteCount, position)
  }
  const unsigned = (): bigint | undefined => {
    const first = bytes[position]
    if (first === undefined) return undefined
    const following = trailingOnes(first)
    const rest = skip(1 + following)?.subarray(1)
    if (rest === undefined) return undefined
    // With eight bytes following, none of the first byte's bits belong to the value.
    const lowBits = Math.max(0, 7 - following)
    const low = lowBits === 0 ? 0n : BigInt(first >> (following + 1))
    return (littleEndian(rest) << BigInt(lowBits)) | low
  }
  const signed = (): bigint | undefined => {
    const stored = unsigned()
    if (stored === undefined) return undefined
    return stored & 1n ? -(stored >> 1n) - 1n : stored >> 1n
  }
  return { unsigned, signed, skip }
}
