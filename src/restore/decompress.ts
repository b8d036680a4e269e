// Decompresses a copy of a backup in place: every file beside its source first, all sources removed
// last. Killed at any point and run again it comes to the same end.

import { remove } from 'fs-extra/esm'
import { chmod, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chooseDecoder } from '../codec/choose-decoder.ts'
import type { Codec } from '../codec/codec.ts'
import type { Decoder } from '../codec/decoder.ts'
import { ClonectlError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { digestFile } from '../repository/file-digest.ts'
import { readStoredPath } from '../repository/stored-kind.ts'
import { isTemporaryName, syncDirectory, temporaryNameFor } from '../system/atomic-file.ts'
import { requireSpace } from '../system/disk-space.ts'
import { exists } from '../system/exists.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo } from '../system/owner.ts'
import { runTool } from '../system/run-tool.ts'
import { findPrograms } from './find-programs.ts'
import { requireHandMade } from './hand-made-stage.ts'

export interface DecompressContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Throws TOOL_MISSING. */
  readonly findTool: (name: string) => Promise<string>
}

export interface DecompressRequest {
  readonly directory: string
  /** Files worked on at once. */
  readonly parallel: number
}

export interface DecompressedFile {
  /** Relative names, before and after. */
  readonly from: string
  readonly to: string
  readonly codec: Codec
  /** Bytes, compressed and not. */
  readonly storedBytes: number
  readonly bytes: number
}

export interface Decompressed {
  /** Real path. */
  readonly directory: string
  readonly files: readonly DecompressedFile[]
}

interface Compressed {
  readonly from: string
  readonly to: string
  readonly codec: Codec
  readonly storedBytes: number
}

/**
 * Decompresses every file below the directory. Throws PATH_FORBIDDEN for a backup in a repository,
 * INTEGRITY for a file that is damaged: then no source has been removed.
 */
export const decompress = async (
  context: DecompressContext,
  request: DecompressRequest,
): Promise<Decompressed> => {
  const { reporter, findTool } = context
  const directory = await requireHandMade(request.directory, 'DIR')
  const tree = await listTree(directory)
  await removeTemporaries(directory, tree)
  const compressed = compressedIn(tree)
  const stored = compressed.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
  await requireSpace(directory, stored, 'what is decompressed')
  const programs = await findPrograms(
    findTool,
    compressed.map(({ codec }) => codec),
  )
  const decoder = chooseDecoder({ programs, run: runTool })
  const progress = reporter.progress('decompress', stored)
  const largestFirst = [...compressed].sort((a, b) => b.storedBytes - a.storedBytes)
  try {
    const files = await mapLimit(largestFirst, request.parallel, async (file) => {
      const bytes = await decompressFile(context, decoder, directory, file)
      progress.add(file.storedBytes)
      return { ...file, bytes }
    })
    await syncDirectories(directory, compressed)
    for (const { from } of compressed) await remove(join(directory, from))
    await syncDirectories(directory, compressed)
    return { directory, files: files.sort((a, b) => (a.from < b.from ? -1 : 1)) }
  } finally {
    progress.end()
  }
}

/** What a run that was killed was about to make. */
const removeTemporaries = async (directory: string, { files }: FileTree): Promise<void> => {
  for (const { path } of files) if (isTemporaryName(path)) await remove(join(directory, path))
}

const compressedIn = ({ files }: FileTree): readonly Compressed[] => {
  const all = files
    .filter(({ path }) => !isTemporaryName(path))
    .map(({ path, sizeBytes }) => ({ ...readStoredPath(path), sizeBytes }))
    .filter(({ kind }) => kind !== 'marker')
  const encrypted = all.find((file) => file.encrypted)
  if (encrypted !== undefined) throw cannotDecrypt(encrypted.path)
  const compressed = all.flatMap(({ path, plainName, codec, sizeBytes }) =>
    codec === undefined ? [] : [{ from: path, to: plainName, codec, storedBytes: sizeBytes }],
  )
  const targets = new Set(compressed.map(({ to }) => to))
  if (targets.size === compressed.length) return compressed
  throw new ClonectlError(
    'INTEGRITY',
    'several compressed files have the same name without codec',
    {
      hint: 'this is no copy of one backup; begin with a fresh one',
    },
  )
}

const cannotDecrypt = (path: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path} is encrypted`, {
    hint: 'decrypt the directory first: mysqldecrypt --clone-decrypt',
    details: { path },
  })

/** Returns the bytes of the content. The frames' own checksums prove it. */
const decompressFile = async (
  { reporter, signal }: DecompressContext,
  decoder: Decoder,
  directory: string,
  { from, to, codec }: Compressed,
): Promise<number> => {
  const [source, target] = [join(directory, from), join(directory, to)]
  const destination = temporaryNameFor(target)
  const decoded = await decoder.decodeFile({ source, destination, codec, signal })
  if (decoded.framesWithoutChecksum > 0)
    reporter.warn(`${from}: ${decoded.framesWithoutChecksum} frames without a checksum`)
  const { mode, uid, gid } = await stat(source)
  await chmod(destination, mode & 0o7777)
  await giveTo({ uid, gid }, destination)
  if (await exists(target)) await requireSame(destination, target)
  await rename(destination, target)
  return decoded.bytes
}

/** A run that was killed may have made it; anything else is not ours to replace. */
const requireSame = async (made: string, found: string): Promise<void> => {
  const [one, other] = [await digestFile(made), await digestFile(found)]
  if (one.sha256 === other.sha256) return
  await remove(made)
  throw new ClonectlError('PATH_NOT_EMPTY', `${found} is there already and holds something else`, {
    hint: 'move it away, or begin with a fresh copy of the backup',
    details: { path: found },
  })
}

const syncDirectories = async (
  directory: string,
  compressed: readonly Compressed[],
): Promise<void> => {
  for (const path of new Set(compressed.map(({ to }) => dirname(to)))) {
    await syncDirectory(join(directory, path))
  }
}
