// Encodes with the native addons. lz4 frames come out as GreatSQL's; zstd frames lack the content
// checksum, which the addon cannot write.

import type { FileHandle } from 'node:fs/promises'
import { compress } from '@mongodb-js/zstd'
import { compressFrame } from 'lz4-napi'
import { ClonectlError } from '../errors.ts'
import { requireNotCancelled } from './cancelled.ts'
import type { Codec } from './codec.ts'
import { encodeWith } from './encode-job.ts'
import type { Encoder, EncodeRequest } from './encoder.ts'
import { readRange, type ByteRange } from './read-range.ts'
import { declareLz4Size, declareZstdSize } from './sized-frame.ts'
import { writeInOrder } from './write-in-order.ts'

/** Version 1.2.2 takes a level and ignores it. */
const ZSTD_LEVEL = 3

type EncodeFrame = (content: Buffer) => Promise<readonly Buffer[]>

const encodeFrame: Readonly<Record<Codec, EncodeFrame>> = {
  zstd: async (content) => declareZstdSize(await compress(content), content.length),
  lz4: async (content) =>
    declareLz4Size(await compressFrame(content, { contentChecksum: true }), content.length),
}

const requireLevel = ({ codec, level }: EncodeRequest): void => {
  if (level === undefined || (codec === 'zstd' && level === ZSTD_LEVEL)) return
  const possible = codec === 'zstd' ? `only level ${ZSTD_LEVEL}` : 'no level'
  const message = `level ${level} was asked for, but ${codec} has ${possible} here`
  throw new ClonectlError('CONFIG', message, {
    hint: codec === 'zstd' ? 'Install the zstd program, or leave the level out.' : 'Leave it out.',
    details: { codec, level },
  })
}

function* batchesOf<Item>(items: Iterable<Item>, count: number): Generator<readonly Item[], void> {
  let batch: Item[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < count) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const encodeFile = (request: EncodeRequest) => {
  const { source, codec, parallel, signal } = request
  requireLevel(request)
  const encodeChunk = async (file: FileHandle, chunk: ByteRange) =>
    encodeFrame[codec](await readRange(file, chunk, source))
  return encodeWith(
    (file, chunks, output) =>
      writeInOrder(output, batchesOf(chunks, parallel), async (batch) => {
        requireNotCancelled(source, signal)
        const frames = await Promise.all(batch.map((chunk) => encodeChunk(file, chunk)))
        return frames.flat()
      }),
    request,
  )
}

/** Encodes inside this process, `parallel` chunks at a time; a few times as many are in memory. */
export const addonEncoder: Encoder = {
  name: 'addons',
  encodeFile: async (request) => encodeFile(request),
}
