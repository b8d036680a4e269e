// The story of a merge: choose the chain, make the data directory that a restore would make, prove it
// in the same way, and seal it as a full. The backups it is made of are only read; killed anywhere, a
// merge leaves nothing but a directory that the next run puts away.

import type { BackupId } from '../chain/backup-id.ts'
import type { Compression } from '../codec/compression.ts'
import { readCatalog } from '../repository/catalog.ts'
import { encryptStored } from '../repository/encrypt-stored.ts'
import { chooseCompressor, type Compressor } from '../repository/compress-stored.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Manifest } from '../repository/manifest.ts'
import { discardQuietly, openRun, type Run } from '../repository/run.ts'
import { seal } from '../repository/seal.ts'
import { requireSpace } from '../system/disk-space.ts'
import { acquireLock } from '../system/lock-file.ts'
import { ownerOf } from '../system/owner.ts'
import { clearMergeLeftovers, MERGE_STEP } from './merge-chain-leftovers.ts'
import { copyTipFiles, makeMergedData } from './merge-chain-data.ts'
import { describeMerge } from './merge-chain-manifest.ts'
import { mergeBytes, type MergeSource, selectMerge, takenName } from './merge-chain-source.ts'
import type { RestoreContext } from './request.ts'

export interface MergeContext extends RestoreContext {
  readonly clonectlVersion: string
}

export interface MergeRequest {
  /** The tip: an id, its unique beginning, or a word such as `latest`. */
  readonly reference: string
  readonly label: string | undefined
  /** `as-tip`: with the codec that the tip has; undefined: nothing is compressed. */
  readonly compression: Compression | 'as-tip' | undefined
  /** Files worked on at once. */
  readonly parallel: number
}

export interface MergeOutcome {
  readonly manifest: Manifest
  /** Absolute path of the sealed full. */
  readonly directory: string
  /** What it was made of, the full first. */
  readonly chain: readonly BackupId[]
  /** What was moved to the trash because a dead merge had left it. */
  readonly cleaned: readonly string[]
}

/**
 * Merges. Throws BACKUP_UNKNOWN, CHAIN_BROKEN, USAGE for a full, PATH_NOT_EMPTY where it was merged
 * already, SPACE, CONFIG, INTEGRITY, LOCKED or CANCELLED; no sealed backup is touched then, and none
 * appears.
 */
export const mergeChain = async (
  context: MergeContext,
  request: MergeRequest,
): Promise<MergeOutcome> => {
  const { repository: layout, reporter, clock, command } = context
  await using lock = await acquireLock(layout.lock, { command, now: clock.now() })
  if (lock.tookOverFrom !== undefined)
    reporter.warn(`took over the lock of a dead run (pid ${lock.tookOverFrom.pid})`)
  const cleaned = await clearMergeLeftovers(context, (await readCatalog(layout)).unsealed)
  const source = await selectMerge(context, request.reference)
  const compression = compressionOf(request, source)
  const compressor = await chooseCompressor(context, compression)
  await requireSpace(layout.root, mergeBytes(source, compression), 'the merged full')
  const run = await beginMerge(context, layout, source)
  try {
    const work = { source, run, compression, compressor }
    const manifest = await makeFull(context, request, work)
    return { manifest, directory: run.paths.directory, chain: source.chain, cleaned }
  } catch (error) {
    await discardQuietly(reporter, layout, run)
    throw error
  }
}

const compressionOf = (
  { compression }: MergeRequest,
  { tip }: MergeSource,
): Compression | undefined => {
  if (compression !== 'as-tip') return compression
  const codec = tip.manifest.compression
  return codec === 'none' ? undefined : { codec }
}

const beginMerge = async (
  context: MergeContext,
  layout: RepositoryLayout,
  { id, tip }: MergeSource,
): Promise<Run> => {
  const owner = await ownerOf(tip.paths.directory)
  const run = await openRun(context, layout, { id, owner, step: MERGE_STEP })
  if (run === undefined) throw takenName(layout, id)
  return run
}

interface Work {
  readonly source: MergeSource
  readonly run: Run
  readonly compression: Compression | undefined
  readonly compressor: Compressor
}

const makeFull = async (
  context: MergeContext,
  { label, parallel }: MergeRequest,
  { source, run, compression, compressor }: Work,
): Promise<Manifest> => {
  const { reporter, signal, clonectlVersion } = context
  reporter.step('merge', { id: run.id, chain: source.chain.join(' ==> ') })
  await copyTipFiles(run, source)
  const result = await makeMergedData(context, { run, source, parallel })
  if (compression !== undefined) {
    await run.journal.begin('compress')
    reporter.step('compress', { codec: compression.codec })
  }
  const data = result.files.map((file) => ({ ...file, path: `data/${file.path}` }))
  const { directory } = run.paths
  const compressed = await compressor(directory, data)
  const { key } = source
  if (key !== undefined) {
    await run.journal.begin('encrypt')
    reporter.step('encrypt')
  }
  const files = await encryptStored(context, { key, id: run.id, directory, files: compressed })
  signal.throwIfAborted()
  reporter.step('seal')
  const codec = compression?.codec ?? 'none'
  return seal(run, describeMerge({ source, result, label, codec, clonectlVersion }), files)
}
