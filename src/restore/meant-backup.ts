// Which backup was meant by a target of which no restore could be planned.

import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { findBackup } from '../chain/find-backup.ts'
import { ClonectlError } from '../errors.ts'
import { readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { backupForTarget } from './backup-for-target.ts'
import { restorableBackups } from './select-chain.ts'
import { isRecovery, type RestoreTarget } from './target.ts'

/** Undefined when none is, or its manifest cannot be believed. */
export const meantBackup = async (
  layout: RepositoryLayout,
  target: RestoreTarget,
): Promise<BackupId | undefined> => {
  const usable = await restorableBackups(layout)
  const { backups } = await readCatalog(layout)
  try {
    return (await find(layout, target, usable, backups)).id
  } catch (error) {
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}

/** A word means one that can be restored, a name one of all. */
const find = async (
  layout: RepositoryLayout,
  target: RestoreTarget,
  usable: readonly Backup[],
  all: readonly Backup[],
): Promise<Backup> => {
  if (isRecovery(target)) return backupForTarget(layout, usable, target)
  const isWord = /^(?:latest|latest-full|oldest)$/.test(target.reference)
  return findBackup(target.reference, isWord ? usable : all)
}
