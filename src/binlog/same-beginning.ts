// Whether two copies of a file agree as far as both go.

import { open } from 'node:fs/promises'

const BLOCK_BYTES = 1024 * 1024

/** True when the shorter of the two is the beginning of the longer. */
export const haveSameBeginning = async (one: string, other: string): Promise<boolean> => {
  await using first = await open(one)
  await using second = await open(other)
  const [a, b] = [Buffer.allocUnsafe(BLOCK_BYTES), Buffer.allocUnsafe(BLOCK_BYTES)]
  const common = Math.min((await first.stat()).size, (await second.stat()).size)
  for (let position = 0; position < common;) {
    const wanted = Math.min(BLOCK_BYTES, common - position)
    const { bytesRead } = await first.read(a, 0, wanted, position)
    const read = await second.read(b, 0, bytesRead, position)
    // A file that got shorter meanwhile is not what it was.
    if (bytesRead === 0 || read.bytesRead !== bytesRead) return false
    if (!a.subarray(0, bytesRead).equals(b.subarray(0, bytesRead))) return false
    position += bytesRead
  }
  return true
}
