// Backups of data directories that never had a server: scanned, compared and kept as the engine for
// stock MySQL does it, with the steps that need a server left out.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readBasePageMap } from '../../src/clone/base-page-map.ts'
import { openCloneScan, type ScannedFile } from '../../src/clone/clone-scan.ts'
import type { StoredKey } from '../../src/cipher/stored-key.ts'
import type { Codec } from '../../src/codec/codec.ts'
import { keepIncrement, makeIncrementDirectories } from '../../src/clone/keep-increment.ts'
import { chooseCompressor } from '../../src/repository/compress-stored.ts'
import { encryptStored } from '../../src/repository/encrypt-stored.ts'
import { encryptionBy } from '../../src/repository/open-key.ts'
import { backupPathsAt, type BackupPaths } from '../../src/repository/layout.ts'
import type { Manifest } from '../../src/repository/manifest.ts'
import type { SealedBackup } from '../../src/restore/layers.ts'
import { type FileTree, listTree } from '../../src/system/file-tree.ts'
import { cloneContext } from './clone-context.ts'
import { bytesOf, type DataDirectory } from './data-directory-history.ts'
import { makeManifest } from './manifest.ts'
import { recordingReporter } from './recording-reporter.ts'

const PARALLEL = 2

/** Writes a data directory with one empty directory in it. */
export const writeDataDirectory = (directory: string, state: DataDirectory): void => {
  mkdirSync(join(directory, 'mysql'), { recursive: true })
  for (const [path, file] of state) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), bytesOf(file))
  }
}

const scan = async (paths: BackupPaths, directory: string, tree: FileTree, base?: BackupPaths) => {
  const pages = base && (await readBasePageMap(base))
  await using cloneScan = await openCloneScan(
    { reporter: recordingReporter(), signal: new AbortController().signal },
    {
      directory,
      pagemap: paths.pagemap,
      parallel: PARALLEL,
      ...(pages !== undefined && { compare: pages.compareWith(paths.data) }),
    },
  )
  return await cloneScan.finish(tree.files)
}

const resultOf = (
  scanned: readonly ScannedFile[],
  tree: FileTree,
): NonNullable<Manifest['result']> => ({
  files: scanned.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 })),
  emptyDirectories: [...tree.emptyDirectories],
})

const idOf = (index: number) =>
  `UTC20261120T0${index}0000.000-${index === 0 ? 'full' : 'incr'}` as const

const takeFull = async (paths: BackupPaths, state: DataDirectory): Promise<SealedBackup> => {
  writeDataDirectory(paths.data, state)
  const tree = await listTree(paths.data)
  const result = resultOf(await scan(paths, paths.data, tree), tree)
  const files = result.files.map((file) => ({ ...file, path: `data/${file.path}` }))
  return { paths, manifest: makeManifest(idOf(0), { files, result }) }
}

const takeIncrement = async (
  paths: BackupPaths,
  state: DataDirectory,
  base: SealedBackup,
  index: number,
): Promise<SealedBackup> => {
  writeDataDirectory(paths.staging, state)
  const tree = await listTree(paths.staging)
  const scanned = await scan(paths, paths.staging, tree, base.paths)
  await makeIncrementDirectories(paths.data, tree)
  const kept = await keepIncrement(paths, scanned)
  const result = resultOf(scanned, tree)
  const manifest = makeManifest(idOf(index), {
    base: base.manifest.id,
    files: [...kept.files],
    deltas: [...kept.deltas],
    result,
  })
  return { paths, manifest }
}

const compressed = async (
  { manifest, paths }: SealedBackup,
  codec: Codec | undefined,
): Promise<SealedBackup> => {
  const compression = codec && { codec }
  const compressor = await chooseCompressor(cloneContext(), compression)
  const files = await compressor(paths.directory, manifest.files)
  return { paths, manifest: { ...manifest, compression: codec ?? 'none', files: [...files] } }
}

const encrypted = async (
  { manifest, paths }: SealedBackup,
  key: StoredKey,
): Promise<SealedBackup> => {
  const { directory } = paths
  const { id, files } = manifest
  const stored = await encryptStored(cloneContext(), { key, id, directory, files })
  return { paths, manifest: { ...manifest, encryption: encryptionBy(key), files: [...stored] } }
}

/** A full of the first state and an increment for each of the others, below `directory`; each compressed as
 * `codecs` say, one after the other and again from the first, and all encrypted with the key if there is one. */
export const takeSeries = async (
  directory: string,
  states: readonly DataDirectory[],
  codecs: readonly (Codec | undefined)[] = [undefined],
  key?: StoredKey,
): Promise<readonly SealedBackup[]> => {
  const series: SealedBackup[] = []
  for (const [index, state] of states.entries()) {
    const codec = codecs[index % codecs.length]
    series.push(await takeNext(directory, state, { base: series.at(-1), index, codec, key }))
  }
  return series
}

export interface NextBackup {
  /** Undefined for a full. */
  readonly base: SealedBackup | undefined
  /** Its place in the series, which is the hour of its name. */
  readonly index: number
  readonly codec?: Codec | undefined
  readonly key?: StoredKey | undefined
}

/** One backup more, below `directory`. */
export const takeNext = async (
  directory: string,
  state: DataDirectory,
  { base, index, codec, key }: NextBackup,
): Promise<SealedBackup> => {
  const paths = backupPathsAt(join(directory, base === undefined ? idOf(0) : idOf(index)))
  mkdirSync(paths.directory, { recursive: true })
  const taken =
    base === undefined
      ? await takeFull(paths, state)
      : await takeIncrement(paths, state, base, index)
  const stored = await compressed(taken, codec)
  return key === undefined ? stored : encrypted(stored, key)
}
