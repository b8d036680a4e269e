// XXH32, the checksum of LZ4 frames (xxHash specification, section "XXH32 algorithm").

const PRIME1 = 0x9e3779b1
const PRIME2 = 0x85ebca77
const PRIME3 = 0xc2b2ae3d
const PRIME4 = 0x27d4eb2f
const PRIME5 = 0x165667b1

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const round = (accumulator: number, input: number): number =>
  Math.imul(rotate(accumulator + Math.imul(input, PRIME2), 13), PRIME1)

/** The four lanes over all whole stripes of 16 bytes. */
const stripes = (words: DataView, length: number, seed: number): number => {
  let a = (seed + PRIME1 + PRIME2) | 0
  let b = (seed + PRIME2) | 0
  let c = seed | 0
  let d = (seed - PRIME1) | 0
  for (let at = 0; at + 16 <= length; at += 16) {
    a = round(a, words.getInt32(at, true))
    b = round(b, words.getInt32(at + 4, true))
    c = round(c, words.getInt32(at + 8, true))
    d = round(d, words.getInt32(at + 12, true))
  }
  return (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
}

const avalanche = (value: number): number => {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 15), PRIME2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME3)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The unsigned 32-bit hash. */
export const xxh32 = (bytes: Uint8Array, seed = 0): number => {
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  let hash = length >= 16 ? stripes(view, length, seed) : (seed + PRIME5) | 0
  hash = (hash + length) | 0
  let at = length - (length % 16)
  for (; at + 4 <= length; at += 4) {
    hash = Math.imul(rotate(hash + Math.imul(view.getInt32(at, true), PRIME3), 17), PRIME4)
  }
  for (; at < length; at += 1) {
    hash = Math.imul(rotate(hash + Math.imul(view.getUint8(at), PRIME5), 11), PRIME1)
  }
  return avalanche(hash)
}
