// What a stored file holds, whether it is compressed or not.

import type { Codec } from '../codec/codec.ts'
import { readContent } from '../codec/read-content.ts'
import { readBlocks } from './file-digest.ts'

/** Reads the content in order; a buffer is good until the next one is asked for. Throws INTEGRITY. */
export const readStoredContent = (
  path: string,
  codec: Codec | undefined,
): AsyncGenerator<Buffer> =>
  codec === undefined ? readBlocks(path) : readContent({ source: path, codec })
