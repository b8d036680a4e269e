// All of decoding but the decoding: opening, looking at every frame first, sizes, and a
// destination that is whole or not there. So every decoder refuses the same files.

import type { FileHandle } from 'node:fs/promises'
import { fileSource, type ByteSource } from './byte-source.ts'
import { requireNotCancelled } from './cancelled.ts'
import type { Codec } from './codec.ts'
import { damaged } from './damage.ts'
import type { DecodedFile, DecodeRequest } from './decoder.ts'
import { writeNewFile } from './new-file.ts'
import { openSource } from './open-source.ts'
import { surveyFrames, type Survey } from './survey-frames.ts'

/** A file that is known to be a row of whole frames. */
export interface DecodeInput {
  readonly file: FileHandle
  readonly bytes: ByteSource
}

/**
 * How one decoder turns frames into content: writes the content of a file that is not empty from
 * the beginning of `output` on.
 */
export type DecodeMethod = (
  input: DecodeInput,
  output: FileHandle,
  request: DecodeRequest,
) => Promise<void>

/** What a method is chosen by. */
export interface SourceFacts {
  readonly codec: Codec
  readonly sizeBytes: number
  readonly survey: Survey
}

/** GreatSQL writes no frame larger than a segment of a delta: 1 GiB with pages of 64 KiB. */
const limits = { frameBytes: 2 * 1024 * 1024 * 1024 }

const wrongSize = (file: string, found: string, expected: string): Error =>
  damaged({ file, problem: `holds ${found}, expected ${expected}` })

/** Refuses before anything is written what the headers already rule out. */
const requirePossible = (file: string, survey: Survey, expected: number | undefined): void => {
  if (expected === undefined) return
  const { contentBytes, contentAtMost } = survey
  if (contentBytes !== undefined && contentBytes !== expected) {
    throw wrongSize(file, `frames for ${contentBytes} bytes of content`, `${expected} bytes`)
  }
  if (contentAtMost < expected) {
    throw wrongSize(
      file,
      `frames for at most ${contentAtMost} bytes of content`,
      `${expected} bytes`,
    )
  }
}

const requireDecoded = (
  file: string,
  bytes: number,
  { contentBytes, contentAtMost }: Survey,
  expected: number | undefined,
): void => {
  const wanted = expected ?? contentBytes
  if (wanted !== undefined && bytes !== wanted) {
    throw wrongSize(file, `${bytes} bytes of content`, `${wanted} bytes`)
  }
  if (bytes > contentAtMost) {
    throw wrongSize(file, `${bytes} bytes of content`, `at most ${contentAtMost}`)
  }
}

/** Does the work of `Decoder.decodeFile` with the method that is chosen when the file is known. */
export const decodeWith = async (
  choose: (facts: SourceFacts) => DecodeMethod,
  request: DecodeRequest,
): Promise<DecodedFile> => {
  const { source, destination, codec, expectedBytes, signal } = request
  requireNotCancelled(source, signal)
  const file = await openSource(source)
  try {
    const { size } = await file.stat()
    const bytes = fileSource(file.fd, source, size)
    const survey = await surveyFrames(bytes, codec, limits, signal)
    requirePossible(source, survey, expectedBytes)
    const decode = choose({ codec, sizeBytes: size, survey })
    return await writeNewFile(destination, async (output) => {
      // The zstd program calls an empty file an error; GreatSQL writes one for empty content.
      if (survey.frames > 0) await decode({ file, bytes }, output, request)
      const decoded = (await output.stat()).size
      requireDecoded(source, decoded, survey, expectedBytes)
      const { frames, framesWithoutChecksum } = survey
      return { bytes: decoded, frames, framesWithoutChecksum }
    })
  } finally {
    await file.close()
  }
}
