// Cuts a file of compressed frames at their borders (RFC 8878; LZ4 frame specification).

const ZSTD = 0xfd2fb528
const LZ4 = 0x184d2204

/** Bytes behind the descriptor: window, dictionary, content size. */
const zstdHeaderBytes = (descriptor: number): number => {
  const single = (descriptor & 0x20) !== 0
  const sizeCode = descriptor >>> 6
  const sizeBytes = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode
  return (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizeBytes
}

const zstdEnd = (bytes: Buffer, start: number): number => {
  const descriptor = bytes[start + 4] ?? 0
  let at = start + 5 + zstdHeaderBytes(descriptor)
  for (;;) {
    const header = bytes.readUIntLE(at, 3)
    const repeated = ((header >>> 1) & 3) === 1
    at += 3 + (repeated ? 1 : header >>> 3)
    if ((header & 1) === 1) return at + ((descriptor & 4) === 0 ? 0 : 4)
  }
}

const lz4End = (bytes: Buffer, start: number): number => {
  let at = start + 15
  for (;;) {
    const length = bytes.readUInt32LE(at) & 0x7fffffff
    at += 4 + length
    if (length === 0) return at + 4
  }
}

/** The frames of a file, one after another. @throws Error where none begins. */
export const cutFrames = (bytes: Buffer): Buffer[] => {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const magic = bytes.readUInt32LE(at)
    if (magic !== ZSTD && magic !== LZ4) throw new Error(`no frame begins at ${at}`)
    const end = magic === ZSTD ? zstdEnd(bytes, at) : lz4End(bytes, at)
    frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}
