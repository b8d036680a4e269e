// Decodes with the native addons, frame by frame. Both know only one buffer in, one buffer out:
// given a whole file lz4-napi returns the first frame without a word, and no file of a few GiB
// would fit. Both verify the checksums that a frame has, and refuse a damaged one.

import type { FileHandle } from 'node:fs/promises'
import { decompress } from '@mongodb-js/zstd'
import { decompressFrame } from 'lz4-napi'
import { requireNotCancelled } from './cancelled.ts'
import type { Codec } from './codec.ts'
import { damaged } from './damage.ts'
import { decodeWith, type DecodeMethod } from './decode-job.ts'
import type { Decoder, DecodeRequest } from './decoder.ts'
import { batchFrames } from './frame-batches.ts'
import type { Frame } from './frame.ts'
import { readRange } from './read-range.ts'
import { walkFrames } from './walk-frames.ts'
import { writeInOrder } from './write-in-order.ts'

/** A frame is held in memory whole, compressed and decoded. */
export const frameLimits = { frameBytes: 256 * 1024 * 1024 }

const decodeFrame: Readonly<Record<Codec, (frame: Buffer) => Promise<Buffer>>> = {
  zstd: decompress,
  lz4: decompressFrame,
}

type Stored = Pick<DecodeRequest, 'source' | 'codec' | 'signal'>

/** Decodes the bytes of one whole frame. Throws INTEGRITY. */
export const decodeOne = async (
  { source, codec }: Omit<Stored, 'signal'>,
  frame: Frame,
  stored: Buffer,
): Promise<Buffer> => {
  const { offset, contentBytes } = frame
  const refuse = (found: string, cause?: unknown): Error =>
    damaged({
      file: source,
      offset,
      problem: `the ${codec} frame at byte ${offset} ${found}`,
      cause,
    })
  let content: Buffer
  try {
    content = await decodeFrame[codec](stored)
  } catch (error) {
    throw refuse(
      `cannot be decoded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
  if (contentBytes !== undefined && content.length !== contentBytes) {
    throw refuse(`declares ${contentBytes} bytes of content and decodes to ${content.length}`)
  }
  return content
}

/** Reads a batch in one go; the addons decode its frames on the threads of the pool. */
export const decodeBatch = async (
  file: FileHandle,
  request: Stored,
  batch: readonly Frame[],
): Promise<readonly Buffer[]> => {
  requireNotCancelled(request.source, request.signal)
  const offset = batch[0]?.offset ?? 0
  const lengthBytes = batch.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0)
  const stored = await readRange(file, { offset, lengthBytes }, request.source)
  return Promise.all(
    batch.map((frame) => {
      const from = frame.offset - offset
      return decodeOne(request, frame, stored.subarray(from, from + frame.compressedBytes))
    }),
  )
}

/** Decodes frames with the addons, several at a time; refuses one of more than 256 MiB. */
export const decodeByAddons: DecodeMethod = async ({ file, bytes }, output, request) => {
  const batches = batchFrames(walkFrames(bytes, request.codec, frameLimits))
  await writeInOrder(output, batches, (batch) => decodeBatch(file, request, batch))
}

/**
 * Decodes inside this process: always at hand, and without the start of a program quickest for
 * small files. Memory stays at a few times 4 MiB per file, unless a single frame is larger; frames
 * of more than 256 MiB are refused.
 */
export const addonDecoder: Decoder = {
  name: 'addons',
  decodeFile: (request) => decodeWith(() => decodeByAddons, request),
}
