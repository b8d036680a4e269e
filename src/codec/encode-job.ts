// All of encoding but the encoding: opening, cutting into chunks, a look at what came out, and a
// destination that is whole or not there.

import type { FileHandle } from 'node:fs/promises'
import { fileSource } from './byte-source.ts'
import { requireNotCancelled } from './cancelled.ts'
import { damaged } from './damage.ts'
import type { EncodedFile, EncodeRequest } from './encoder.ts'
import { writeNewFile } from './new-file.ts'
import { openSource } from './open-source.ts'
import type { ByteRange } from './read-range.ts'
import { surveyFrames } from './survey-frames.ts'

/** Writes one frame for each range of `source`, in order, from the beginning of `output` on. */
export type EncodeChunks = (
  source: FileHandle,
  chunks: Iterable<ByteRange>,
  output: FileHandle,
) => Promise<void>

const MAX_CHUNK_BYTES = 64 * 1024 * 1024

function* chunksOf(sizeBytes: number, chunkBytes: number): Generator<ByteRange, void> {
  for (let offset = 0; offset < sizeBytes; offset += chunkBytes) {
    yield { offset, lengthBytes: Math.min(chunkBytes, sizeBytes - offset) }
  }
}

const requireSensible = ({ chunkBytes, parallel }: EncodeRequest): void => {
  if (!(chunkBytes >= 1 && chunkBytes <= MAX_CHUNK_BYTES)) {
    throw new RangeError(`chunks of ${chunkBytes} bytes, expected 1 to ${MAX_CHUNK_BYTES}`)
  }
  if (!(parallel >= 1)) throw new RangeError(`${parallel} chunks at a time do nothing`)
}

/** Walks what was written: it must be readable, and hold as much as the source did. */
const examine = async (
  output: FileHandle,
  { source, destination, codec, chunkBytes, signal }: EncodeRequest,
  sourceBytes: number,
): Promise<EncodedFile> => {
  const { size } = await output.stat()
  const limits = { frameBytes: 2 * chunkBytes + MAX_CHUNK_BYTES }
  const survey = await surveyFrames(fileSource(output.fd, destination, size), codec, limits, signal)
  if (survey.contentBytes !== sourceBytes) {
    const problem = `${sourceBytes} bytes were to be compressed, and frames for ${survey.contentBytes ?? 'an unknown number of'} bytes came out: was it written to meanwhile?`
    throw damaged({ file: source, problem })
  }
  const { frames, framesWithoutChecksum } = survey
  return { bytes: size, frames, checksummed: framesWithoutChecksum === 0 }
}

/** Does the work of `Encoder.encodeFile` with the given way to encode chunks. */
export const encodeWith = async (
  encodeChunks: EncodeChunks,
  request: EncodeRequest,
): Promise<EncodedFile> => {
  const { source, destination, chunkBytes, signal } = request
  requireSensible(request)
  requireNotCancelled(source, signal)
  const file = await openSource(source)
  try {
    const { size } = await file.stat()
    return await writeNewFile(destination, async (output) => {
      await encodeChunks(file, chunksOf(size, chunkBytes), output)
      return examine(output, request, size)
    })
  } finally {
    await file.close()
  }
}
