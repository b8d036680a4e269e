import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { digestFile, readBlocks } from '../../../src/repository/file-digest.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const BLOCK = 4 * 1024 * 1024

/** Bytes that repeat nowhere near a block's size. */
const bytesOf = (size: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 11)) & 255))

const write = (size: number): Buffer => {
  const bytes = bytesOf(size)
  writeFileSync(scratch('file'), bytes)
  return bytes
}

describe('digestFile', () => {
  it.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK])('digests %i bytes', async (size) => {
    const bytes = write(size)
    expect(await digestFile(scratch('file'))).toEqual({
      sizeBytes: size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  })

  it('fails when there is no such file', async () => {
    await expect(digestFile(scratch('file'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('readBlocks', () => {
  const blocksOf = async (blockBytes: number): Promise<readonly Buffer[]> => {
    const blocks: Buffer[] = []
    for await (const block of readBlocks(scratch('file'), blockBytes))
      blocks.push(Buffer.from(block))
    return blocks
  }

  it.each([
    [0, []],
    [9, [9]],
    [10, [10]],
    [11, [10, 1]],
    [20, [10, 10]],
    [25, [10, 10, 5]],
  ])('gives %i bytes in blocks of 10, none of them empty', async (size, sizes) => {
    const bytes = write(size)
    const blocks = await blocksOf(10)
    expect(blocks.map((block) => block.length)).toEqual(sizes)
    expect(Buffer.concat(blocks).equals(bytes)).toBe(true)
  })

  it('can be left in the middle', async () => {
    write(25)
    for await (const block of readBlocks(scratch('file'), 10)) {
      expect(block.length).toBe(10)
      break
    }
  })
})
