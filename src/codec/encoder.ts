// What encoding a file is, whoever does it.

import type { Codec } from './codec.ts'

/** One file and how to compress it. */
export interface EncodeRequest {
  readonly source: string
  /** Must not exist; its directory must. */
  readonly destination: string
  readonly codec: Codec
  /** Of zstd, 1 to 19 as in GreatSQL's clone_file_compress_zstd_level; 3 without it. lz4 has none. */
  readonly level?: number | undefined
  /** Content of one frame, 1 byte to 64 MiB; GreatSQL's frames of a local clone hold 512 KiB. */
  readonly chunkBytes: number
  /** How many processors to use for this file. */
  readonly parallel: number
  readonly signal?: AbortSignal | undefined
}

/** What came out. */
export interface EncodedFile {
  /** Size of the destination. */
  readonly bytes: number
  readonly frames: number
  /**
   * Whether every frame carries a checksum of its content. Where it does not, only a hash that is
   * kept elsewhere can tell that the content was altered.
   */
  readonly checksummed: boolean
}

/** One way of encoding. */
export interface Encoder {
  readonly name: string
  /**
   * Makes `destination`, mode 0640 and synced: one frame for each chunk, every one with its
   * content size, as the decoders here and GreatSQL's read them. An empty file becomes an empty
   * file. Throws CONFIG for a level that cannot be had, INTEGRITY when the source is missing or
   * changes meanwhile, PATH_NOT_EMPTY, CANCELLED. After a failure there is no destination.
   */
  encodeFile(request: EncodeRequest): Promise<EncodedFile>
}
