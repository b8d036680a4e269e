// The content of a compressed file as a stream of buffers, for whoever looks at it without keeping
// it: hashing, and checking what it holds.

import { decodeBatch, frameLimits } from './addon-decoder.ts'
import { fileSource } from './byte-source.ts'
import type { Codec } from './codec.ts'
import { batchFrames } from './frame-batches.ts'
import { openSource } from './open-source.ts'
import { walkFrames } from './walk-frames.ts'

export interface ContentRequest {
  readonly source: string
  readonly codec: Codec
  readonly signal?: AbortSignal | undefined
}

/**
 * Decodes frame by frame with the addons, one batch ahead of the reader; memory stays at a few
 * times 4 MiB unless a frame is larger. Throws INTEGRITY as a decoder does, CANCELLED. A file that
 * was cut between two frames passes: only the sum of what is yielded can tell.
 */
export async function* readContent(request: ContentRequest): AsyncGenerator<Buffer> {
  const file = await openSource(request.source)
  let ahead: Promise<readonly Buffer[]> | undefined
  try {
    const { size } = await file.stat()
    const frames = walkFrames(fileSource(file.fd, request.source, size), request.codec, frameLimits)
    for (const batch of batchFrames(frames)) {
      const ready = await ahead
      ahead = decodeBatch(file, request, batch)
      // Awaited in the next round, or below; until then it must not count as unhandled.
      ahead.catch(() => undefined)
      if (ready !== undefined) yield* ready
    }
    const last = ahead
    ahead = undefined
    if (last !== undefined) yield* await last
  } finally {
    await ahead?.catch(() => undefined)
    await file.close()
  }
}
