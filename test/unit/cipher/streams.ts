// Content as streams of buffers, and back.

/** Cuts at these sizes, over and over. */
export async function* inPieces(
  content: Buffer,
  sizes: readonly number[] = [content.length],
): AsyncGenerator<Buffer> {
  let turn = 0
  for (let at = 0; at < content.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    yield content.subarray(at, at + size)
    at += size
  }
}

export const collect = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts)
}
