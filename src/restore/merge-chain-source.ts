// What a merge is made of, and whether it can be: the chain of the chosen tip, the name the full gets,
// and the room it takes.

import { availableParallelism } from 'node:os'
import { type BackupId, makeBackupId, parseBackupId } from '../chain/backup-id.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { Compression } from '../codec/compression.ts'
import { ClonectlError } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { sumBytes } from '../repository/manifest.ts'
import { requireKeyOf } from '../repository/open-key.ts'
import { ownFiles } from '../repository/seal.ts'
import { exists } from '../system/exists.ts'
import type { SealedBackup } from './layers.ts'
import type { RestoreContext } from './request.ts'
import { restorableBackups, selectChain, type Selection } from './select-chain.ts'
import { stageBytes } from './stage-bytes.ts'
import { stagedFiles } from './stage-content.ts'

export interface MergeSource {
  /** What the merged full will be called: the instant of the tip, and `full`. */
  readonly id: BackupId
  readonly tip: SealedBackup
  readonly selection: Selection
  /** The full first, the tip last. */
  readonly chain: readonly BackupId[]
  /** What the chain is encrypted with, and the full will be; undefined when it is not. */
  readonly key: StoredKey | undefined
}

/**
 * Chooses the chain. Throws BACKUP_UNKNOWN, CHAIN_BROKEN, INTEGRITY, USAGE when the tip is a full, CONFIG
 * without the key of an encrypted chain or for one that GreatSQL encrypted, and PATH_NOT_EMPTY when a backup of the name is there.
 */
export const selectMerge = async (
  { repository: layout, reporter, keySource, signal }: RestoreContext,
  reference: string,
): Promise<MergeSource> => {
  const usable = await restorableBackups(layout)
  const selection = await selectChain(layout, usable, { kind: 'backup', reference })
  for (const id of selection.passedOver)
    reporter.warn(`${id} is newer but cannot be restored, and was passed over`)
  const { lineage } = selection
  const tip = lineage.at(-1)
  const parts = parseBackupId(selection.tip.id)
  if (tip === undefined || parts === undefined || lineage.length === 1)
    throw nothingToMerge(selection.tip.id)
  const id = makeBackupId(parts.begun, 'full')
  if (await exists(layout.backup(id).directory)) throw takenName(layout, id)
  const key = await requireKeyOf(lineage, keySource, signal)
  if (key?.scheme === 'greatsql') throw onlyServerEncrypts(tip.manifest.id)
  return { id, tip, selection, chain: lineage.map(({ manifest }) => manifest.id), key }
}

const onlyServerEncrypts = (id: BackupId): ClonectlError =>
  new ClonectlError('CONFIG', `${id} was encrypted by GreatSQL, which alone can do that`, {
    hint: 'a merged full would lie open: take a new full instead, clonectl full --encrypt-key-file FILE',
    details: { backup: id },
  })

const nothingToMerge = (id: BackupId): ClonectlError =>
  new ClonectlError('USAGE', `${id} is a full: there is nothing to merge`, {
    hint: 'name an increment; clonectl chain show shows what sits on what',
    details: { backup: id },
  })

export const takenName = (layout: RepositoryLayout, id: BackupId): ClonectlError =>
  new ClonectlError('PATH_NOT_EMPTY', `there is a backup ${id} already`, {
    hint: 'clonectl chain show shows it; the chain up to there was merged before',
    details: { path: layout.backup(id).directory },
  })

/** Files that are compressed at the same time are no larger than this each; see compress-stored.ts. */
const SMALL_BYTES = 32 * 1024 * 1024

/** Bytes that a merge needs at most while it is at work. */
export const mergeBytes = (
  { tip, selection, key }: MergeSource,
  compression: Compression | undefined,
): number => {
  const beside = tip.manifest.files.filter(({ path }) => ownFiles(tip.manifest).includes(path))
  const isStoredAsIs = compression === undefined && key === undefined
  const data = stageBytes(selection)
  // Each file and its compressed or encrypted form are there at once.
  const twice = Math.max(largestFile(selection), availableParallelism() * SMALL_BYTES)
  return data + sumBytes(beside) + (isStoredAsIs ? 0 : Math.min(data, twice))
}

const largestFile = ({ lineage, recipes }: Selection): number => {
  const sizes =
    recipes?.map(({ result }) => result.sizeBytes) ??
    lineage.flatMap((backup) => stagedFiles(backup).map(({ content }) => content.sizeBytes))
  return sizes.reduce((largest, size) => Math.max(largest, size), 0)
}
