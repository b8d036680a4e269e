// The options that say how the server compresses, as one request.

import type { Compression } from '../codec/compression.ts'
import { ClonectlError } from '../errors.ts'

export interface CompressionArguments {
  readonly compress: 'zstd' | 'lz4' | undefined
  readonly compressLevel: number | undefined
  readonly compressThreads: number | undefined
  readonly compressChunkSize: number | undefined
}

/** clone_compress.cc: from here on the lz4 writer gives its blocks a wrong size, or fails. */
const LARGEST_LZ4_CHUNK_BYTES = 1024 * 1024

/** Undefined when nothing is to be compressed. Throws USAGE for options that do not go together. */
export const readCompression = (args: CompressionArguments): Compression | undefined => {
  const { compress: codec, compressLevel: level, compressThreads: threads } = args
  const chunkBytes = args.compressChunkSize
  if (codec === undefined) {
    if ((level ?? threads ?? chunkBytes) === undefined) return undefined
    throw usage('--compress-level, --compress-threads and --compress-chunk-size need --compress')
  }
  if (codec === 'lz4' && level !== undefined) throw usage('lz4 has no levels')
  if (chunkBytes !== undefined && chunkBytes % 1024 !== 0)
    throw usage(`--compress-chunk-size ${chunkBytes} is no multiple of 1024`)
  if (codec === 'lz4' && chunkBytes !== undefined && chunkBytes > LARGEST_LZ4_CHUNK_BYTES)
    throw usage(`lz4 takes chunks of at most ${LARGEST_LZ4_CHUNK_BYTES} bytes, not ${chunkBytes}`)
  return { codec, level, threads, chunkBytes }
}

const usage = (message: string): ClonectlError =>
  new ClonectlError('USAGE', message, { hint: 'see clonectl full --help' })
