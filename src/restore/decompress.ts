// Decompresses or decrypts a copy of a backup in place: every file beside its source first, all sources removed
// last. Killed at any point and run again it comes to the same end.

import { remove } from 'fs-extra/esm'
import { chmod, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { KeySource } from '../cipher/read-key.ts'
import { decrypterOf, type StoredKey } from '../cipher/stored-key.ts'
import { chooseDecoder } from '../codec/choose-decoder.ts'
import type { Codec } from '../codec/codec.ts'
import type { Decoder } from '../codec/decoder.ts'
import { ClonectlError } from '../errors.ts'
import { parseMeta } from '../innodb/meta-file.ts'
import type { Reporter } from '../report/reporter.ts'
import { digestFile } from '../repository/file-digest.ts'
import { openKey } from '../repository/open-key.ts'
import { openingOf } from '../repository/opening.ts'
import { proveFile } from '../repository/prove-file.ts'
import { readStoredPath, SEALED_SUFFIX } from '../repository/stored-kind.ts'
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
  /** Where the key of files that GreatSQL has encrypted is kept. */
  readonly keySource?: KeySource | undefined
  /** Files worked on at once. */
  readonly parallel: number
}

export interface DecompressedFile {
  /** Relative names, before and after. */
  readonly from: string
  readonly to: string
  /** `xbcrypt`: it was encrypted. */
  readonly codec: Codec | 'xbcrypt'
  /** Bytes, compressed and not. */
  readonly storedBytes: number
  readonly bytes: number
}

export interface Decompressed {
  /** Real path. */
  readonly directory: string
  readonly files: readonly DecompressedFile[]
}

type Compressed = Omit<DecompressedFile, 'bytes'>

/**
 * Decompresses every file below the directory, and decrypts what GreatSQL has encrypted. Throws
 * PATH_FORBIDDEN for a backup in a repository, CONFIG without the key of encrypted files, INTEGRITY for a file that is damaged: then no source has been removed.
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
  const key = await keyFor(context, request, compressed)
  const stored = compressed.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
  await requireSpace(directory, stored, 'what is decompressed')
  const programs = await findPrograms(
    findTool,
    compressed.flatMap(({ codec }) => (codec === 'xbcrypt' ? [] : [codec])),
  )
  const tools = { decoder: chooseDecoder({ programs, run: runTool }), key }
  const progress = reporter.progress('decompress', stored)
  const largestFirst = [...compressed].sort((a, b) => b.storedBytes - a.storedBytes)
  try {
    const files = await mapLimit(largestFirst, request.parallel, async (file) => {
      const bytes = await decompressFile(context, tools, directory, file)
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
  const sealed = all.find(({ path }) => path.endsWith(SEALED_SUFFIX))
  if (sealed !== undefined) throw onlyRestores(sealed.path)
  const compressed = all.flatMap(({ path, plainName, codec, encrypted, sizeBytes }) => {
    const how: Compressed['codec'] | undefined = encrypted ? 'xbcrypt' : codec
    return how === undefined
      ? []
      : [{ from: path, to: plainName, codec: how, storedBytes: sizeBytes }]
  })
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

/** Such a file is bound to the name of its backup, which a copy of the data does not have. */
const onlyRestores = (path: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path} was encrypted by clonectl`, {
    hint: 'clonectl restore --encrypt-key-file FILE decrypts it, straight from the repository',
    details: { path },
  })

const keyFor = async (
  { signal }: DecompressContext,
  { keySource }: DecompressRequest,
  compressed: readonly Compressed[],
): Promise<StoredKey | undefined> => {
  const encrypted = compressed.find(({ codec }) => codec === 'xbcrypt')
  if (encrypted === undefined) return undefined
  if (keySource !== undefined) return openKey('greatsql', keySource, signal)
  throw new ClonectlError('CONFIG', `${encrypted.from} is encrypted, and no key was given`, {
    hint: 'give the key file that GreatSQL was given: --encrypt-key-file',
    details: { path: encrypted.from },
  })
}

interface Tools {
  readonly decoder: Decoder
  readonly key: StoredKey | undefined
}

/** Returns the bytes of the content. The frames' own checksums prove it. */
const decompressFile = async (
  context: DecompressContext,
  tools: Tools,
  directory: string,
  compressed: Compressed,
): Promise<number> => {
  const { from, to } = compressed
  const [source, target] = [join(directory, from), join(directory, to)]
  const destination = temporaryNameFor(target)
  const bytes = await decode(context, tools, compressed, { source, destination, directory })
  const { mode, uid, gid } = await stat(source)
  await chmod(destination, mode & 0o7777)
  await giveTo({ uid, gid }, destination)
  if (await exists(target)) await requireSame(destination, target)
  await rename(destination, target)
  return bytes
}

interface Place {
  readonly source: string
  readonly destination: string
  readonly directory: string
}

const decode = async (
  { reporter, signal }: DecompressContext,
  { decoder, key }: Tools,
  { from, codec }: Compressed,
  { source, destination, directory }: Place,
): Promise<number> => {
  if (codec === 'xbcrypt') {
    if (key === undefined) throw new Error(`nobody asked for the key of ${from}`)
    const { bytes } = await decrypterOf(key).decryptFile({
      ...{ source, destination, boundName: from, signal },
    })
    await requireSense(destination, directory, from)
    return bytes
  }
  const decoded = await decoder.decodeFile({ source, destination, codec, signal })
  if (decoded.framesWithoutChecksum > 0)
    reporter.warn(`${from}: ${decoded.framesWithoutChecksum} frames without a checksum`)
  return decoded.bytes
}

/** Any key decrypts to something: what should be InnoDB's has to look like it, or its source would be lost. */
const requireSense = async (made: string, directory: string, from: string): Promise<void> => {
  const stored = readStoredPath(from)
  const metaFile = join(directory, `${stored.tablespace ?? ''}.meta`)
  try {
    const meta =
      stored.kind === 'delta' ? parseMeta(await readFile(metaFile, 'utf8'), metaFile) : undefined
    await proveFile({ file: made, codec: undefined, meta, opening: openingOf(stored) })
  } catch (cause) {
    await remove(made)
    if (!(cause instanceof ClonectlError)) throw cause
    throw new ClonectlError('INTEGRITY', `${from} does not decrypt to what its name says`, {
      hint: 'give the key that the backup was taken with; nothing was removed',
      details: { path: from },
      cause,
    })
  }
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
