// What decoding a file is, whoever does it.

import type { Codec } from './codec.ts'

/** One compressed file and where its content is to go. */
export interface DecodeRequest {
  readonly source: string
  /** Must not exist; its directory must. */
  readonly destination: string
  readonly codec: Codec
  /**
   * Bytes the content must have. Without it a file that was cut between two frames passes for
   * whole: no decoder can tell.
   */
  readonly expectedBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What came out. */
export interface DecodedFile {
  /** Size of the destination. */
  readonly bytes: number
  readonly frames: number
  /** Nothing but their size vouches for the content of these. */
  readonly framesWithoutChecksum: number
}

/** One way of decoding. */
export interface Decoder {
  readonly name: string
  /**
   * Makes `destination`: mode 0640, synced, the whole content. An empty file decodes to an empty
   * file. Throws INTEGRITY, with file and offset where it is known, when the source is missing, is
   * not a row of whole frames, fails a checksum, or holds another number of bytes than expected;
   * PATH_NOT_EMPTY when the destination exists; CANCELLED. After a failure there is no destination.
   */
  decodeFile(request: DecodeRequest): Promise<DecodedFile>
}
