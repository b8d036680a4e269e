// Brings the data directory of a backup onto the stage as the server left it before it compressed or
// encrypted: straight from the repository, decoded on the way, each file proved by what then lies on disk.

import { ensureDir } from 'fs-extra/esm'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StoredKey } from '../cipher/stored-key.ts'
import { chooseDecoder } from '../codec/choose-decoder.ts'
import type { Decoder } from '../codec/decoder.ts'
import { ClonectlError } from '../errors.ts'
import { digestFile, type FileDigest } from '../repository/file-digest.ts'
import { BACKUP_ENTRIES } from '../repository/layout.ts'
import type { Manifest, StoredFile } from '../repository/manifest.ts'
import { createProvingPool } from '../repository/proving-pool.ts'
import { encodingOf, type StoredForm, storedFormOf } from '../repository/stored-form.ts'
import { readStoredContent } from '../repository/stored-content.ts'
import { readStoredPath } from '../repository/stored-kind.ts'
import { syncDirectory } from '../system/atomic-file.ts'
import { copyNewFile } from '../system/copy-new-file.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { runTool } from '../system/run-tool.ts'
import { writeWhole } from '../system/write-whole.ts'
import { findPrograms } from './find-programs.ts'
import type { SealedBackup } from './layers.ts'
import type { RestoreContext } from './request.ts'

/** One stored file and what is made of it. */
export interface StagedFile extends Pick<StoredForm, 'codec' | 'boundName'> {
  readonly stored: StoredFile
  /** Name in the data directory, neither compressed nor encrypted. */
  readonly path: string
  /** What the made file must be. */
  readonly content: Pick<StoredFile, 'sizeBytes' | 'sha256'>
}

export interface ContentRequest {
  readonly backup: SealedBackup
  /** Directory to make; its parent exists. */
  readonly destination: string
  readonly owner: Owner
  readonly parallel: number
  /** What encrypted files are read with. */
  readonly key?: StoredKey | undefined
  /** What the progress is called. */
  readonly label: string
}

const DATA = `${BACKUP_ENTRIES.data}/`

/** Everything below a backup's data directory. Throws INTEGRITY for what cannot be staged. */
export const stagedFiles = ({ manifest }: SealedBackup): readonly StagedFile[] => {
  const files = manifest.files
    .filter(({ path }) => path.startsWith(DATA))
    .map((stored) => stagedFile(stored, manifest))
  const names = new Set(files.map(({ path }) => path))
  if (names.size === files.length) return files
  throw unusable(manifest.id, 'several of its files would have the same name')
}

const stagedFile = (stored: StoredFile, manifest: Manifest): StagedFile => {
  const name = readStoredPath(stored.path.slice(DATA.length))
  if (name.kind === 'marker') {
    return { stored, path: name.path, codec: undefined, boundName: undefined, content: stored }
  }
  const { content = stored } = stored
  const { codec, boundName } = storedFormOf(manifest, stored)
  if (name.encrypted && boundName === undefined)
    throw unusable(manifest.id, `${stored.path} is encrypted, and its content is not on record`)
  // Without recorded content the server wrote it uncompressed, whatever its name says.
  return { stored, path: name.plainName, codec, boundName, content }
}

const unusable = (id: string, why: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${id} cannot be restored: ${why}`, {
    hint: 'restore another backup: clonectl chain show',
    details: { backup: id },
  })

/** Makes the directory. Throws INTEGRITY naming the stored file that is damaged. */
export const stageContent = async (
  context: RestoreContext,
  request: ContentRequest,
): Promise<readonly StagedFile[]> => {
  const files = stagedFiles(request.backup)
  const directories = await makeDirectories(request, files)
  const codecs = files.flatMap(({ codec }) => codec ?? [])
  const programs = await findPrograms(context.findTool, codecs)
  const decoder = chooseDecoder({ programs, run: runTool })
  const total = files.reduce((sum, { content }) => sum + content.sizeBytes, 0)
  const progress = context.reporter.progress(request.label, total)
  const largestFirst = [...files].sort((a, b) => b.content.sizeBytes - a.content.sizeBytes)
  await using pool = createProvingPool(request.parallel)
  try {
    await mapLimit(largestFirst, request.parallel, async (file) => {
      const destination = join(request.destination, file.path)
      await makeFile(context, request, decoder, file)
      const made = await pool.run(
        { file: destination, codec: undefined, meta: undefined },
        { signal: context.signal },
      )
      if (made.sha256 !== file.content.sha256) throw await damage(request, file, made)
      await giveTo(request.owner, destination)
      progress.add(made.sizeBytes)
    })
  } finally {
    progress.end()
  }
  for (const directory of directories) await syncDirectory(directory)
  return files
}

const makeDirectories = async (
  { backup, destination, owner }: ContentRequest,
  files: readonly StagedFile[],
): Promise<readonly string[]> => {
  const empty = backup.manifest.emptyDirectories
    .filter((path) => path.startsWith(DATA))
    .map((path) => path.slice(DATA.length))
  const relative = new Set([''])
  for (const leaf of [...empty, ...files.map(({ path }) => dirname(path))]) {
    for (let path = leaf; path !== '.'; path = dirname(path)) relative.add(path)
  }
  const directories = [...relative].sort().map((path) => join(destination, path))
  for (const directory of directories) {
    await ensureDir(directory, 0o750)
    await giveTo(owner, directory)
  }
  return directories
}

const makeFile = async (
  { signal }: RestoreContext,
  { backup, destination: root, key }: ContentRequest,
  decoder: Decoder,
  { stored, path, codec, boundName, content }: StagedFile,
): Promise<void> => {
  const source = join(backup.paths.directory, stored.path)
  const destination = join(root, path)
  if (boundName !== undefined) {
    const content = readStoredContent(source, encodingOf({ codec, boundName }, key))
    await writeContent(destination, content, signal)
    return
  }
  if (codec !== undefined) {
    const expectedBytes = content.sizeBytes
    await decoder.decodeFile({ source, destination, codec, expectedBytes, signal })
    return
  }
  await copyNewFile(source, destination)
}

/** A file that is not finished stays where it is: the stage is removed as a whole. */
const writeContent = async (
  destination: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> => {
  const file = await open(destination, 'wx', 0o640)
  try {
    let position = 0
    for await (const bytes of content) {
      signal.throwIfAborted()
      await writeWhole(file, bytes, position)
      position += bytes.length
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Names the stored file, and whether it is itself no longer what was sealed. */
const damage = async (
  { backup }: ContentRequest,
  { stored, path, content }: StagedFile,
  made: FileDigest,
): Promise<ClonectlError> => {
  const { sha256 } = await digestFile(join(backup.paths.directory, stored.path))
  const { id } = backup.manifest
  const message =
    sha256 === stored.sha256
      ? `${stored.path} of ${id} came out with sha256 ${made.sha256}, expected ${content.sha256}`
      : `the backup is damaged: ${stored.path} of ${id} has sha256 ${sha256}, expected ${stored.sha256}`
  return new ClonectlError('INTEGRITY', message, {
    hint: 'restore an older backup, or bring the file back from a copy of the repository',
    details: { backup: id, path },
  })
}
