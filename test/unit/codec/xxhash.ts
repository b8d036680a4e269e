// XXH32 and XXH64 with seed 0, written from the specification (xxhash_spec.md) for tests: the
// checksums of lz4 and zstd frames. Slow and plain; src has no part of it.

type Bytes = Uint8Array

const view = (bytes: Bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const P32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const
const rotl32 = (x: number, r: number) => (x << r) | (x >>> (32 - r))
const round32 = (lane: number, input: number) =>
  Math.imul(rotl32((lane + Math.imul(input, P32[1])) | 0, 13), P32[0])

export const xxh32 = (bytes: Bytes): number => {
  const data = view(bytes)
  let at = 0
  let hash = P32[4] | 0
  if (bytes.length >= 16) {
    const lanes = [P32[0] + P32[1], P32[1], 0, -P32[0]]
    for (; at + 16 <= bytes.length; at += 16) {
      for (let i = 0; i < 4; i++)
        lanes[i] = round32(lanes[i]! | 0, data.getUint32(at + 4 * i, true))
    }
    hash = [1, 7, 12, 18].reduce((sum, r, i) => (sum + rotl32(lanes[i]!, r)) | 0, 0)
  }
  hash = (hash + bytes.length) | 0
  for (; at + 4 <= bytes.length; at += 4) {
    hash = (hash + Math.imul(data.getUint32(at, true), P32[2])) | 0
    hash = Math.imul(rotl32(hash, 17), P32[3])
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotl32((hash + Math.imul(bytes[at]!, P32[4])) | 0, 11), P32[0])
  }
  hash = Math.imul(hash ^ (hash >>> 15), P32[1])
  hash = Math.imul(hash ^ (hash >>> 13), P32[2])
  return (hash ^ (hash >>> 16)) >>> 0
}

const P64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const
const u64 = (x: bigint) => BigInt.asUintN(64, x)
const rotl64 = (x: bigint, r: bigint) => u64((x << r) | (x >> (64n - r)))
const round64 = (lane: bigint, input: bigint) =>
  u64(rotl64(u64(lane + input * P64[1]), 31n) * P64[0])
const merge64 = (hash: bigint, lane: bigint) => u64((hash ^ round64(0n, lane)) * P64[0] + P64[3])

const stripes64 = (data: DataView, length: number): bigint => {
  const lanes = [u64(P64[0] + P64[1]), P64[1], 0n, u64(-P64[0])]
  for (let at = 0; at + 32 <= length; at += 32) {
    for (let i = 0; i < 4; i++) lanes[i] = round64(lanes[i]!, data.getBigUint64(at + 8 * i, true))
  }
  const sum = [1n, 7n, 12n, 18n].reduce((sum, r, i) => sum + rotl64(lanes[i]!, r), 0n)
  return lanes.reduce(merge64, u64(sum))
}

export const xxh64 = (bytes: Bytes): bigint => {
  const data = view(bytes)
  const { length } = bytes
  let at = length - (length % 32)
  let hash = u64((length >= 32 ? stripes64(data, length) : P64[4]) + BigInt(length))
  for (; at + 8 <= length; at += 8) {
    hash = u64(rotl64(hash ^ round64(0n, data.getBigUint64(at, true)), 27n) * P64[0] + P64[3])
  }
  if (at + 4 <= length) {
    const input = BigInt(data.getUint32(at, true))
    hash = u64(rotl64(hash ^ u64(input * P64[0]), 23n) * P64[1] + P64[2])
    at += 4
  }
  for (; at < length; at++)
    hash = u64(rotl64(hash ^ u64(BigInt(bytes[at]!) * P64[4]), 11n) * P64[0])
  hash = u64((hash ^ (hash >> 33n)) * P64[1])
  hash = u64((hash ^ (hash >> 29n)) * P64[2])
  return hash ^ (hash >> 32n)
}
