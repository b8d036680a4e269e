// Size and SHA-256 of a file, read once in blocks.

import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

export interface FileDigest {
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

const BLOCK_BYTES = 4 * 1024 * 1024

/**
 * Reads blocks of a file in order, each while the one before is being worked on; the buffers are
 * used again, so a block is good until the next one is asked for.
 */
export async function* readBlocks(path: string, blockBytes = BLOCK_BYTES): AsyncGenerator<Buffer> {
  let [current, other] = [Buffer.allocUnsafeSlow(blockBytes), Buffer.allocUnsafeSlow(blockBytes)]
  const file = await open(path, 'r')
  let reading = fill(file, current, 0)
  try {
    for (let position = blockBytes; ; position += blockBytes) {
      const filled = await reading
      const block = current.subarray(0, filled)
      if (filled === blockBytes) {
        reading = fill(file, other, position)
        // Awaited in the next round, or below; until then it must not count as unhandled.
        reading.catch(() => undefined)
      }
      if (filled > 0) yield block
      if (filled < blockBytes) return
      ;[current, other] = [other, current]
    }
  } finally {
    await reading.catch(() => undefined)
    await file.close()
  }
}

/** Reads until the buffer is full or the file ends: a short read is no end of file. */
const fill = async (
  file: Awaited<ReturnType<typeof open>>,
  buffer: Buffer,
  position: number,
): Promise<number> => {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

export const digestFile = async (path: string): Promise<FileDigest> => {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const block of readBlocks(path)) {
    hash.update(block)
    sizeBytes += block.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}
