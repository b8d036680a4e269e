// Compresses what clonectl itself is about to store, in GreatSQL's names and frames: every file but
// the .meta and the server's notes in #clone/. Hashes of the content are known by then, so each
// file gives way to its compressed form as soon as that is whole.

import { unlink } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { chooseEncoder } from '../codec/choose-encoder.ts'
import type { Compression } from '../codec/compression.ts'
import type { Encoder, EncodeRequest } from '../codec/encoder.ts'
import { formatStoredName } from '../codec/names.ts'
import { ClonectlError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { mapLimit } from '../system/map-limit.ts'
import { runTool } from '../system/run-tool.ts'
import { digestFile } from './file-digest.ts'
import { BACKUP_ENTRIES } from './layout.ts'
import { type FileEntry, type StoredFile, sumBytes } from './manifest.ts'
import { readStoredPath } from './stored-kind.ts'

/**
 * Content of one frame: small enough that a decoder holds several in memory, large enough that
 * starting the program for each does not matter.
 */
const FRAME_BYTES = 8 * 1024 * 1024
/** The encoders take no more at once. */
const LARGEST_FRAME_BYTES = 64 * 1024 * 1024
/** Larger files are worth all processors one after another, smaller ones are taken several at a time. */
const LARGE_BYTES = 4 * FRAME_BYTES

const DATA = `${BACKUP_ENTRIES.data}/`

export interface CompressContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Finds a program. Throws TOOL_MISSING. */
  readonly findTool: (name: string) => Promise<string>
}

/** Turns the files of a backup, paths relative to its directory, into what is stored in the end. */
export type Compressor = (
  directory: string,
  files: readonly FileEntry[],
) => Promise<readonly StoredFile[]>

/**
 * Chooses how to compress; without `compression` files stay as they are. Throws CONFIG for a level
 * that cannot be had, before anything is cloned; CANCELLED while it is at work.
 */
export const chooseCompressor = async (
  context: CompressContext,
  compression: Compression | undefined,
): Promise<Compressor> => {
  if (compression === undefined) return (_directory, files) => Promise.resolve(files)
  const encoder = await findEncoder(context, compression)
  return (directory, files) => compressStored(context, { encoder, compression, directory, files })
}

/** The encoder for what was asked. Throws CONFIG for a level that cannot be had. */
export const findEncoder = async (
  { findTool }: Pick<CompressContext, 'findTool'>,
  compression: Compression,
): Promise<Encoder> => {
  const program = await findTool('zstd').catch(() => undefined)
  requireLevel(compression, program)
  return chooseEncoder({ programs: program === undefined ? {} : { zstd: program }, run: runTool })
}

/** The zstd program writes checksums and knows levels; without it the addons have to do. */
const requireLevel = ({ codec, level }: Compression, program: string | undefined): void => {
  if (codec !== 'zstd' || level === undefined || program !== undefined) return
  throw new ClonectlError(
    'CONFIG',
    `zstd level ${level} was asked for, and no zstd program is here`,
    {
      hint: 'install zstd, or leave out --compress-level',
      details: { field: 'compress-level', value: level },
    },
  )
}

interface CompressRequest {
  readonly encoder: Encoder
  readonly compression: Compression
  readonly directory: string
  readonly files: readonly FileEntry[]
}

const compressStored = async (
  { reporter, signal }: CompressContext,
  { encoder, compression, directory, files }: CompressRequest,
): Promise<readonly StoredFile[]> => {
  const progress = reporter.progress('compress', sumBytes(files))
  const cores = compression.threads ?? availableParallelism()

  const compress = async (file: FileEntry, parallel: number): Promise<StoredFile> => {
    const name = compressedName(file.path, compression)
    if (name === undefined) return file
    const source = join(directory, file.path)
    await encoder.encodeFile({
      source,
      destination: join(directory, name),
      ...encodingOf(compression),
      parallel,
      signal,
    })
    await unlink(source)
    progress.add(file.sizeBytes)
    const { sizeBytes, sha256 } = file
    return {
      path: name,
      ...(await digestFile(join(directory, name))),
      content: { sizeBytes, sha256 },
    }
  }

  try {
    const isLarge = (file: FileEntry): boolean => file.sizeBytes >= LARGE_BYTES
    const large = await mapLimit(files.filter(isLarge), 1, (file) => compress(file, cores))
    const small = files.filter((file) => !isLarge(file))
    return [...large, ...(await mapLimit(small, cores, (file) => compress(file, 1)))]
  } finally {
    progress.end()
  }
}

const encodingOf = ({
  codec,
  level,
  chunkBytes = FRAME_BYTES,
}: Compression): Pick<EncodeRequest, 'codec' | 'level' | 'chunkBytes'> => ({
  codec,
  level,
  chunkBytes: Math.min(chunkBytes, LARGEST_FRAME_BYTES),
})

/** Undefined for what stays as it is. */
const compressedName = (path: string, { codec }: Compression): string | undefined => {
  const { kind, plainName } = readStoredPath(path.slice(DATA.length))
  if (kind === 'meta' || kind === 'marker') return undefined
  return `${DATA}${formatStoredName({ plainName, codec, encrypted: false })}`
}
