// Decodes one block of LZ4: a page of a table with COMPRESSION='lz4' is one, without a frame around
// it. Source: lz4_Block_format.md of the LZ4 project.

const MIN_MATCH = 4
/** A length of 15 in the token goes on in the bytes that follow. */
const MORE = 15
const OFFSET_BYTES = 2

/** Where a decoder stands in the block and in the content. */
interface Position {
  from: number
  filled: number
}

/** The content of a block that decodes to exactly so many bytes; undefined for any other. */
export const decodeLz4Block = (block: Buffer, contentBytes: number): Buffer | undefined => {
  const content = Buffer.alloc(contentBytes)
  const at: Position = { from: 0, filled: 0 }
  while (at.from < block.length) {
    const token = block[at.from] ?? 0
    at.from += 1
    if (!takeLiterals(block, content, at, token >> 4)) return undefined
    // The last sequence is literals only.
    if (at.from === block.length) return at.filled === contentBytes ? content : undefined
    if (!takeMatch(block, content, at, token & MORE)) return undefined
  }
  return undefined
}

const readLength = (block: Buffer, at: Position, nibble: number): number => {
  let length = nibble
  for (let more = nibble === MORE; more;) {
    // Beyond the end of the block it counts as 0, which ends the loop.
    const byte = block[at.from] ?? 0
    at.from += 1
    length += byte
    more = byte === 255
  }
  return length
}

const takeLiterals = (block: Buffer, content: Buffer, at: Position, nibble: number): boolean => {
  const length = readLength(block, at, nibble)
  if (at.from + length > block.length || at.filled + length > content.length) return false
  at.filled += block.copy(content, at.filled, at.from, at.from + length)
  at.from += length
  return true
}

const takeMatch = (block: Buffer, content: Buffer, at: Position, nibble: number): boolean => {
  if (at.from + OFFSET_BYTES > block.length) return false
  const distance = block.readUInt16LE(at.from)
  at.from += OFFSET_BYTES
  const end = at.filled + readLength(block, at, nibble) + MIN_MATCH
  if (distance === 0 || distance > at.filled || end > content.length) return false
  // A match may overlap what it makes, so it is copied byte by byte.
  for (; at.filled < end; at.filled += 1) content[at.filled] = content[at.filled - distance] ?? 0
  return true
}
