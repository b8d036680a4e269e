// What a merge is made of, and whether it can be: the chain of the chosen tip, the name the full gets,
// and the room it takes.

import { availableParallelism } from 'node:os'
import { type BackupId, makeBackupId, parseBackupId } from '../chain/backup-id.ts'
import type { Compression } from '../codec/compression.ts'
import { ClonectlError } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { sumBytes } from '../repository/manifest.ts'
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
}

/**
 * Chooses the chain. Throws BACKUP_UNKNOWN, CHAIN_BROKEN, INTEGRITY, USAGE when the tip is a full, and
 * PATH_NOT_EMPTY when a backup of the name is there.
 */
export const selectMerge = async (
  { repository: layout, reporter }: Pick<RestoreContext, 'repository' | 'reporter'>,
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
  return { id, tip, selection, chain: lineage.map(({ manifest }) => manifest.id) }
}

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
  { tip, selection }: MergeSource,
  compression: Compression | undefined,
): number => {
  const beside = tip.manifest.files.filter(({ path }) => ownFiles(tip.manifest).includes(path))
  const data = stageBytes(selection)
  // Each file and its compressed form are there at once.
  const twice = Math.max(largestFile(selection), availableParallelism() * SMALL_BYTES)
  return data + sumBytes(beside) + (compression === undefined ? 0 : Math.min(data, twice))
}

const largestFile = ({ lineage, recipes }: Selection): number => {
  const sizes =
    recipes?.map(({ result }) => result.sizeBytes) ??
    lineage.flatMap((backup) => stagedFiles(backup).map(({ content }) => content.sizeBytes))
  return sizes.reduce((largest, size) => Math.max(largest, size), 0)
}
