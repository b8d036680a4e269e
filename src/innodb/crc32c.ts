// CRC-32C (Castagnoli), InnoDB's own checksum (ut0crc32). Node's crc32 is that of zlib, another
// polynomial. Eight bytes at a time with a table for each ("slicing by 8"): 1.6 GB/s where one table
// and a byte at a time give 0.4.

const POLYNOMIAL = 0x82f63b78
const SLICES = 8
const WORD_BYTES = 4

const entryOf = (byte: number): number => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0)
  return value
}

/** Table k, at 256 k, is what a byte does that k zero bytes follow. */
const makeTables = (): Int32Array => {
  const made = new Int32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let value = entryOf(byte)
    for (let slice = 0; slice < SLICES; slice += 1) {
      made[slice * 256 + byte] = value
      value = (value >>> 8) ^ entryOf(value & 0xff)
    }
  }
  return made
}

const tables = makeTables()
const at = (index: number): number => tables[index] ?? 0

/** Words are read as the processor has them, and the tables are made for the small end first. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const overBytes = (crc: number, bytes: Uint8Array): number => {
  let sum = crc
  for (const byte of bytes) sum = (sum >>> 8) ^ at((sum ^ byte) & 0xff)
  return sum
}

const overWordPairs = (crc: number, words: Int32Array): number => {
  let sum = crc
  for (let index = 0; index < words.length; index += 2) {
    const one = (words[index] ?? 0) ^ sum
    const two = words[index + 1] ?? 0
    sum =
      at(1792 + (one & 0xff)) ^
      at(1536 + ((one >>> 8) & 0xff)) ^
      at(1280 + ((one >>> 16) & 0xff)) ^
      at(1024 + (one >>> 24)) ^
      at(768 + (two & 0xff)) ^
      at(512 + ((two >>> 8) & 0xff)) ^
      at(256 + ((two >>> 16) & 0xff)) ^
      at(two >>> 24)
  }
  return sum
}

/** Checksum of the bytes, u32. */
export const crc32c = (bytes: Uint8Array): number => {
  const { buffer, byteOffset, length } = bytes
  const head = littleEndian ? Math.min(length, -byteOffset & (WORD_BYTES - 1)) : length
  const pairs = Math.floor((length - head) / (2 * WORD_BYTES))
  const tail = head + pairs * 2 * WORD_BYTES
  let sum = overBytes(-1, bytes.subarray(0, head))
  if (pairs > 0) sum = overWordPairs(sum, new Int32Array(buffer, byteOffset + head, pairs * 2))
  return ~overBytes(sum, bytes.subarray(tail)) >>> 0
}
