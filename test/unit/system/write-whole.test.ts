import { describe, expect, it } from 'vitest'
import { writeWhole } from '../../../src/system/write-whole.ts'

/** A file that takes at most so many bytes at once, and fails when it is full. */
const fileThatTakes = (atOnce: number, capacity = Infinity) => {
  const stored = Buffer.alloc(20)
  let taken = 0
  const write = async (bytes: Uint8Array, from: number, length: number, position: number) => {
    const bytesWritten = Math.min(length, atOnce, capacity - taken)
    if (bytesWritten === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    stored.set(bytes.subarray(from, from + bytesWritten), position)
    taken += bytesWritten
    return { bytesWritten, buffer: bytes }
  }
  return { stored, file: { write } as never }
}

describe('writeWhole', () => {
  it.each([1, 3, 7, 100])(
    'writes everything, though the file takes %i bytes at once',
    async (atOnce) => {
      const { stored, file } = fileThatTakes(atOnce)
      await writeWhole(file, Buffer.from('changed page'), 5)
      expect(stored.toString('latin1')).toBe('\0\0\0\0\0changed page\0\0\0')
    },
  )

  it('writes nothing of nothing', async () => {
    const { file } = fileThatTakes(0)
    await expect(writeWhole(file, Buffer.alloc(0), 0)).resolves.toBeUndefined()
  })

  it('fails on a disk that fills up, where a single write would have been short', async () => {
    const { file } = fileThatTakes(100, 7)
    await expect(writeWhole(file, Buffer.from('changed page'), 0)).rejects.toMatchObject({
      code: 'ENOSPC',
    })
  })
})
