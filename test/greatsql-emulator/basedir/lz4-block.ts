// One LZ4 block (LZ4 block format description).

/** The block is not a right one. */
export class Lz4Damage extends Error {
  override readonly name = 'Lz4Damage'
}

/** Reads a length that goes on while bytes are 255. */
const readLength = (
  block: Buffer,
  at: number,
  nibble: number,
): { length: number; next: number } => {
  let [length, next] = [nibble, at]
  if (nibble < 15) return { length, next }
  for (;;) {
    const byte = block[next]
    if (byte === undefined) throw new Lz4Damage('a length runs out of the block')
    length += byte
    next += 1
    if (byte < 255) return { length, next }
  }
}

/** Copies a match, which may overlap with what it produces. */
const copyMatch = (output: Buffer, to: number, offset: number, length: number): void => {
  const from = to - offset
  if (offset === 0 || from < 0 || to + length > output.length) throw new Lz4Damage('a wrong match')
  if (offset >= length) output.copy(output, to, from, from + length)
  else
    for (let index = 0; index < length; index += 1) output[to + index] = output[from + index] ?? 0
}

/** Decodes a block of at most `maxBytes`. @throws Lz4Damage. */
export const decodeBlock = (block: Buffer, maxBytes: number): Buffer => {
  const output = Buffer.allocUnsafe(maxBytes)
  let [at, to] = [0, 0]
  for (;;) {
    const token = block[at]
    if (token === undefined) throw new Lz4Damage('the block ends in a match')
    const literals = readLength(block, at + 1, token >>> 4)
    at = literals.next + literals.length
    if (at > block.length || to + literals.length > maxBytes) throw new Lz4Damage('too many bytes')
    block.copy(output, to, literals.next, at)
    to += literals.length
    if (at === block.length) return output.subarray(0, to)
    if (at + 2 > block.length) throw new Lz4Damage('the block ends in an offset')
    const match = readLength(block, at + 2, token & 15)
    copyMatch(output, to, block.readUInt16LE(at), match.length + 4)
    to += match.length + 4
    at = match.next
  }
}
