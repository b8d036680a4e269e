// Where a zstd frame ends (RFC 8878, section 3.1.1), and how much is missing when the input ends first.

const MAGIC = 0xfd2fb528

export type FrameEnd =
  | { readonly end: number }
  /** The input ends within the frame; so many bytes at least are missing. */
  | { readonly missing: number }
  | { readonly error: 'Unknown frame descriptor' | 'Data corruption detected' }

/** Bytes behind the descriptor: window, dictionary, content size. */
const headerBytes = (descriptor: number): number => {
  const single = (descriptor & 0x20) !== 0
  const sizeCode = descriptor >>> 6
  const sizeBytes = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode
  return (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + sizeBytes
}

/** Reads block headers from `start` on. */
export const frameEnd = (input: Buffer, start: number): FrameEnd => {
  if (start + 5 > input.length) return { missing: start + 5 - input.length }
  if (input.readUInt32LE(start) !== MAGIC) return { error: 'Unknown frame descriptor' }
  const descriptor = input[start + 4] ?? 0
  let at = start + 5 + headerBytes(descriptor)
  for (;;) {
    if (at + 3 > input.length) return { missing: at + 3 - input.length }
    const block = input.readUIntLE(at, 3)
    const type = (block >>> 1) & 3
    if (type === 3) return { error: 'Data corruption detected' }
    at += 3 + (type === 1 ? 1 : block >>> 3)
    if ((block & 1) === 0) continue
    const end = at + ((descriptor & 4) === 0 ? 0 : 4)
    return end > input.length ? { missing: end - input.length } : { end }
  }
}
