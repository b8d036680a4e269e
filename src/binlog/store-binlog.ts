// Puts a proved binlog into its place in the archive, as it is or compressed.

import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import type { Encoder } from '../codec/encoder.ts'
import type { Compression } from '../codec/compression.ts'
import { readContent } from '../codec/read-content.ts'
import { ClonectlError } from '../errors.ts'
import { findEncoder } from '../repository/compress-stored.ts'
import { digestFile, type FileDigest } from '../repository/file-digest.ts'
import { renameDurable } from '../system/atomic-file.ts'
import { syncFile } from '../system/sync-file.ts'
import type { ArchiveFile } from './archive-files.ts'
import type { ArchivePaths } from './archive-layout.ts'
import type { ArchivedBinlog } from './archived-binlog.ts'
import type { PullContext } from './pull-request.ts'
import { COMPRESSED } from './salvage.ts'

/** Stores `file`, which has this digest; when it throws, nothing counts as stored. */
export type BinlogStore = (
  paths: ArchivePaths,
  file: ArchiveFile,
  digest: FileDigest,
) => Promise<ArchivedBinlog['stored']>

/** Content of one frame: as in compressed backups. */
const FRAME_BYTES = 8 * 1024 * 1024

/** Chooses how binlogs are stored. Throws CONFIG for a level that cannot be had. */
export const chooseBinlogStore = async (
  context: PullContext,
  compression: Compression | undefined,
): Promise<BinlogStore> => {
  if (compression === undefined) return storePlain
  const encoder = await findEncoder(context, compression)
  return (paths, file, digest) =>
    storeCompressed({ encoder, compression, context }, paths, file, digest)
}

const storePlain: BinlogStore = async ({ directory }, { name, path }, digest) => {
  await syncFile(path)
  await renameDurable(path, join(directory, name))
  return { path: name, compression: 'none', ...digest }
}

interface Compressing {
  readonly encoder: Encoder
  readonly compression: Compression
  readonly context: PullContext
}

/** The plain file stays where it is: it goes when the entry is written. */
const storeCompressed = async (
  {
    encoder,
    compression: { codec, level, chunkBytes = FRAME_BYTES, threads },
    context,
  }: Compressing,
  { directory, incoming }: ArchivePaths,
  { name, path }: ArchiveFile,
  digest: FileDigest,
): Promise<ArchivedBinlog['stored']> => {
  const stored = `${name}${COMPRESSED}`
  const made = join(incoming, stored)
  const { signal } = context
  await rm(made, { force: true })
  await encoder.encodeFile({
    ...{ source: path, destination: made, codec, level, chunkBytes, signal },
    parallel: threads ?? availableParallelism(),
  })
  await requireContent(made, digest, signal)
  const storedDigest = await digestFile(made)
  await renameDurable(made, join(directory, stored))
  return { path: stored, compression: 'zstd', ...storedDigest }
}

const requireContent = async (
  source: string,
  { sizeBytes, sha256 }: FileDigest,
  signal: AbortSignal,
): Promise<void> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const block of readContent({ source, codec: 'zstd', signal })) {
    hash.update(block)
    bytes += block.length
  }
  if (bytes === sizeBytes && hash.digest('hex') === sha256) return
  throw new ClonectlError('INTEGRITY', `${source} does not decompress to what was compressed`, {
    hint: 'check the memory and the disks of this machine, then pull again',
    details: { path: source, expectedBytes: sizeBytes, foundBytes: bytes },
  })
}
