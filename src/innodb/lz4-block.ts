// Decodes one block of LZ4: a page of a table with COMPRESSION='lz4' is one, without a frame around
// it. Source: lz4_Block_format.md of the LZ4 project.

const MIN_MATCH = 4
/** A length of 15 in the token goes on in the bytes that follow. */
const MORE = 15
const OFFSET_BYTES = 2

/** The content of a block that decodes to exactly so many bytes; undefined for any other. */
export const decodeLz4Block = (block: Buffer, contentBytes: number): Buffer | undefined => {
  const content = Buffer.alloc(contentBytes)
  let from = 0
  let filled = 0
  const readLength = (nibble: number): number => {
    let length = nibble
    for (let more = nibble === MORE; more;) {
      // Beyond the end of the block it counts as 0, which ends the loop.
      const byte = block[from] ?? 0
      from += 1
      length += byte
      more = byte === 255
    }
    return length
  }
  while (from < block.length) {
    const token = block[from] ?? 0
    from += 1
    const literals = readLength(token >> 4)
    if (from + literals > block.length || filled + literals > contentBytes) return undefined
    filled += block.copy(content, filled, from, from + literals)
    from += literals
    // The last sequence is literals only.
    if (from === block.length) return filled === contentBytes ? content : undefined
    if (from + OFFSET_BYTES > block.length) return undefined
    const distance = block.readUInt16LE(from)
    from += OFFSET_BYTES
    const end = filled + readLength(token & MORE) + MIN_MATCH
    if (distance === 0 || distance > filled || end > contentBytes) return undefined
    // A match may overlap what it makes, so it is copied byte by byte.
    for (; filled < end; filled += 1) content[filled] = content[filled - distance] ?? 0
  }
  return undefined
}
