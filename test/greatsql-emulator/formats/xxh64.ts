// XXH64, the checksum of zstd frames (xxHash specification, section "XXH64 algorithm"). A 64-bit
// number is two halves here: BigInt would take seconds for every backup.

/** [high, low], each taken modulo 2^32. */
type Word = [high: number, low: number]

const PRIME1: Word = [0x9e3779b1, 0x85ebca87]
const PRIME2: Word = [0xc2b2ae3d, 0x27d4eb4f]
const PRIME3: Word = [0x165667b1, 0x9e3779f9]
const PRIME4: Word = [0x85ebca77, 0xc2b2ae63]
const PRIME5: Word = [0x27d4eb2f, 0x165667c5]

/** The high half of the product of two unsigned 32-bit numbers, by schoolbook with 16-bit digits. */
const multiplyHigh = (a: number, b: number): number => {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const carry = a0 * b1 + (middle & 0xffff)
  return a1 * b1 + (middle >>> 16) + (carry >>> 16)
}

const multiply = (word: Word, [high, low]: Word): void => {
  const [wordHigh, wordLow] = word
  word[0] = (multiplyHigh(wordLow, low) + Math.imul(wordHigh, low) + Math.imul(wordLow, high)) | 0
  word[1] = Math.imul(wordLow, low)
}

const add = (word: Word, high: number, low: number): void => {
  const sum = (word[1] >>> 0) + (low >>> 0)
  word[0] = (word[0] + high + (sum > 0xffffffff ? 1 : 0)) | 0
  word[1] = sum | 0
}

/** Rotates left by 1 to 31 bits. */
const rotate = (word: Word, bits: number): void => {
  const [high, low] = word
  word[0] = (high << bits) | (low >>> (32 - bits))
  word[1] = (low << bits) | (high >>> (32 - bits))
}

/** XORs the word with itself shifted right by 29 to 33 bits. */
const fold = (word: Word, bits: number): void => {
  const [high, low] = word
  if (bits >= 32) {
    word[1] = low ^ (high >>> (bits - 32))
    return
  }
  word[1] = low ^ ((high << (32 - bits)) | (low >>> bits))
  word[0] = high ^ (high >>> bits)
}

const scratch: Word = [0, 0]

/** One lane takes eight bytes: lane = rotl(lane + input * PRIME2, 31) * PRIME1. */
const round = (lane: Word, inputHigh: number, inputLow: number): void => {
  scratch[0] = inputHigh
  scratch[1] = inputLow
  multiply(scratch, PRIME2)
  add(lane, scratch[0], scratch[1])
  rotate(lane, 31)
  multiply(lane, PRIME1)
}

const merge = (hash: Word, lane: Word): void => {
  const rounded: Word = [0, 0]
  round(rounded, lane[0], lane[1])
  hash[0] ^= rounded[0]
  hash[1] ^= rounded[1]
  multiply(hash, PRIME1)
  add(hash, PRIME4[0], PRIME4[1])
}

const sum = (...words: readonly Word[]): Word => {
  const total: Word = [0, 0]
  for (const [high, low] of words) add(total, high, low)
  return total
}

const rotated = ([high, low]: Word, bits: number): Word => {
  const copy: Word = [high, low]
  rotate(copy, bits)
  return copy
}

/** Minus PRIME1 modulo 2^64. */
const negativePrime1: Word = [~PRIME1[0], -PRIME1[1]]

const stripes = (view: DataView): Word => {
  const lanes: Word[] = [sum(PRIME1, PRIME2), sum(PRIME2), [0, 0], sum(negativePrime1)]
  for (let at = 0; at + 32 <= view.byteLength;) {
    for (const lane of lanes) {
      round(lane, view.getInt32(at + 4, true), view.getInt32(at, true))
      at += 8
    }
  }
  const [a = [0, 0], b = [0, 0], c = [0, 0], d = [0, 0]] = lanes
  const hash = sum(rotated(a, 1), rotated(b, 7), rotated(c, 12), rotated(d, 18))
  for (const lane of lanes) merge(hash, lane)
  return hash
}

/** What is left behind the last whole stripe: eights, a four, single bytes. */
const tail = (hash: Word, view: DataView): void => {
  const { byteLength: length } = view
  let at = length - (length % 32)
  for (; at + 8 <= length; at += 8) {
    const input: Word = [0, 0]
    round(input, view.getInt32(at + 4, true), view.getInt32(at, true))
    hash[0] ^= input[0]
    hash[1] ^= input[1]
    rotate(hash, 27)
    multiply(hash, PRIME1)
    add(hash, PRIME4[0], PRIME4[1])
  }
  if (at + 4 <= length) {
    mix(hash, view.getInt32(at, true), PRIME1, 23, PRIME2)
    add(hash, PRIME3[0], PRIME3[1])
    at += 4
  }
  for (; at < length; at += 1) mix(hash, view.getUint8(at), PRIME5, 11, PRIME1)
}

const mix = (hash: Word, input: number, by: Word, bits: number, prime: Word): void => {
  const product: Word = [0, input]
  multiply(product, by)
  hash[0] ^= product[0]
  hash[1] ^= product[1]
  rotate(hash, bits)
  multiply(hash, prime)
}

/** The hash with seed 0. */
export const xxh64 = (bytes: Uint8Array): bigint => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const hash = bytes.length >= 32 ? stripes(view) : sum(PRIME5)
  add(hash, 0, bytes.length)
  tail(hash, view)
  fold(hash, 33)
  multiply(hash, PRIME2)
  fold(hash, 29)
  multiply(hash, PRIME3)
  fold(hash, 32)
  return (BigInt(hash[0] >>> 0) << 32n) | BigInt(hash[1] >>> 0)
}
