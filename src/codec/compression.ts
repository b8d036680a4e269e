// How what a backup stores is compressed, whoever does it.

import type { Codec } from './codec.ts'

/** What is undefined stays as the server has it, or as clonectl does it by itself. */
export interface Compression {
  readonly codec: Codec
  /** zstd only, 1 to 19. */
  readonly level?: number | undefined
  readonly threads?: number | undefined
  /** Bytes compressed at once, a multiple of 1024. */
  readonly chunkBytes?: number | undefined
}
