import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutChunks, type Chunk } from '../../../src/cipher/cut-chunks.ts'
import { sample } from './openssl-vectors.ts'
import { inPieces } from './streams.ts'

const cut = async (
  content: Buffer,
  chunkBytes: number,
  sizes: readonly number[],
): Promise<readonly Chunk[]> => {
  const chunks: Chunk[] = []
  for await (const chunk of cutChunks(inPieces(content, sizes), chunkBytes)) chunks.push(chunk)
  return chunks
}

describe('a stream that is cut', () => {
  it('gives full chunks, and as the last one what is left', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(200),
        fc.integer({ min: 1, max: 40 }),
        sizes,
        async (n, size, cuts) => {
          const chunks = await cut(sample(n), size, cuts)
          expect(Buffer.concat(chunks.map(({ content }) => content)).equals(sample(n))).toBe(true)
          expect(chunks.map(({ last }) => last)).toEqual(
            chunks.map((_, at) => at === chunks.length - 1),
          )
          expect(chunks.slice(0, -1).every(({ content }) => content.length === size)).toBe(true)
          expect(chunks).toHaveLength(Math.max(1, Math.ceil(n / size)))
        },
      ),
    )
  })

  it('does not copy chunks that come as they are wanted', async () => {
    const content = sample(64)
    for (const { content: chunk } of await cut(content, 16, [32]))
      expect(chunk.buffer).toBe(content.buffer)
  })

  it('gives one empty chunk when there is nothing', async () => {
    expect(await cut(Buffer.alloc(0), 10, [1])).toEqual([{ content: Buffer.alloc(0), last: true }])
  })
})
