// Reads a stored file once, for its own hash and for what it holds.

import type { FileHandle } from 'node:fs/promises'
import { decodeBatch, frameLimits } from '../codec/addon-decoder.ts'
import { fileSource } from '../codec/byte-source.ts'
import type { Codec } from '../codec/codec.ts'
import { batchFrames } from '../codec/frame-batches.ts'
import type { Frame } from '../codec/frame.ts'
import { openSource } from '../codec/open-source.ts'
import { readRange } from '../codec/read-range.ts'
import { walkFrames } from '../codec/walk-frames.ts'
import { readBlocks } from './file-digest.ts'

/** The next bytes of the file, and what they hold. Both are good until the next piece is asked for. */
export interface StoredPiece {
  readonly stored: Buffer
  /** The same buffer where the file is not compressed. */
  readonly content: readonly Buffer[]
}

const BLOCK_BYTES = 4 * 1024 * 1024
const PAGE_BYTES = 4096

/**
 * Reads a file of about `sizeBytes` in order. Throws INTEGRITY for what cannot be decoded, with the
 * offset in its details, and what the system throws.
 */
export async function* readStored(
  path: string,
  codec: Codec | undefined,
  sizeBytes: number,
): AsyncGenerator<StoredPiece> {
  if (codec !== undefined) {
    yield* readFrames(path, codec)
    return
  }
  // A buffer that is larger than the file costs more than reading a small file.
  const blockBytes = Math.min(BLOCK_BYTES, (Math.floor(sizeBytes / PAGE_BYTES) + 1) * PAGE_BYTES)
  for await (const stored of readBlocks(path, blockBytes)) yield { stored, content: [stored] }
}

/** As `readContent` of src/codec, one batch ahead, with the bytes of each batch besides. */
async function* readFrames(path: string, codec: Codec): AsyncGenerator<StoredPiece> {
  const file = await openSource(path)
  let ahead: Promise<StoredPiece> | undefined
  try {
    const { size } = await file.stat()
    const frames = walkFrames(fileSource(file.fd, path, size), codec, frameLimits)
    for (const batch of batchFrames(frames)) {
      const ready = await ahead
      ahead = readBatch(file, path, codec, batch)
      // Awaited in the next round, or below; until then it must not count as unhandled.
      ahead.catch(() => undefined)
      if (ready !== undefined) yield ready
    }
    const last = await ahead
    if (last !== undefined) yield last
  } finally {
    await ahead?.catch(() => undefined)
    await file.close()
  }
}

/** The second reading finds the bytes in memory: the decoder has just read them. */
const readBatch = async (
  file: FileHandle,
  path: string,
  codec: Codec,
  batch: readonly Frame[],
): Promise<StoredPiece> => {
  const content = await decodeBatch(file, { source: path, codec }, batch)
  const lengthBytes = batch.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0)
  const stored = await readRange(file, { offset: batch[0]?.offset ?? 0, lengthBytes }, path)
  return { stored, content }
}
