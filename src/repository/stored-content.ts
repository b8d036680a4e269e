// What a stored file holds, whether it is compressed, encrypted, both, or as it is. Here and nowhere
// else stored bytes become content: decrypted first, decompressed then, streamed.

import { decrypterOf, type StoredKey } from '../cipher/stored-key.ts'
import type { Codec } from '../codec/codec.ts'
import { decodeStream } from '../codec/decode-stream.ts'
import { readContent } from '../codec/read-content.ts'
import { readBlocks } from './file-digest.ts'

/** How a file is encrypted. */
export interface Seal {
  readonly key: StoredKey
  /** The name that was given when it was encrypted: `BACKUP_ID/path-as-stored`. */
  readonly boundName: string
}

/** What was done to the content before it was stored; a file as it is has neither. */
export interface Encoding {
  readonly codec: Codec | undefined
  readonly seal?: Seal | undefined
}

/** Whether the file holds other bytes than its content. */
export const isEncoded = ({ codec, seal }: Encoding): boolean =>
  codec !== undefined || seal !== undefined

/**
 * Reads the content in order; a buffer is good until the next one is asked for. Throws INTEGRITY, and
 * CONFIG for a file that was encrypted with another key.
 */
export const readStoredContent = (
  path: string,
  { codec, seal }: Encoding,
): AsyncGenerator<Buffer> => {
  if (seal === undefined)
    return codec === undefined ? readBlocks(path) : readContent({ source: path, codec })
  const { key, boundName } = seal
  const encoded = decrypterOf(key).decryptContent({ source: path, boundName })
  return codec === undefined ? encoded : decodeStream({ encoded, name: path, codec })
}
