// Cuts a stream into chunks of one size.

/** A piece of content. */
export interface Chunk {
  readonly content: Uint8Array
  readonly last: boolean
}

/** Takes exactly so many bytes, which must be there, without a copy where that is possible. */
const take = (parts: Uint8Array[], bytes: number): Uint8Array => {
  const [first] = parts
  if (first === undefined || first.length < bytes) {
    const all = Buffer.concat(parts)
    parts.splice(0, parts.length, all.subarray(bytes))
    return all.subarray(0, bytes)
  }
  if (first.length === bytes) parts.shift()
  else parts[0] = first.subarray(bytes)
  return first.subarray(0, bytes)
}

/**
 * Yields chunks of `chunkBytes`, and at last one of 1 byte or more; a single empty one when there is
 * no content. A full chunk is kept back until it is known whether anything follows.
 */
export async function* cutChunks(
  content: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Chunk> {
  const parts: Uint8Array[] = []
  let waiting = 0
  for await (const part of content) {
    parts.push(part)
    waiting += part.length
    while (waiting > chunkBytes) {
      waiting -= chunkBytes
      yield { content: take(parts, chunkBytes), last: false }
    }
  }
  yield { content: take(parts, waiting), last: true }
}
