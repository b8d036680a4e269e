// The trash: what was moved aside because no backup came of it. Only backup directories, which
// clonectl made itself, are ever moved.

import { ensureDir } from 'fs-extra/esm'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupId } from '../chain/backup-id.ts'
import { renameDurable } from '../system/atomic-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import type { RepositoryLayout } from './layout.ts'

/** Moves a backup's directory to the trash; returns its new path. */
export const moveToTrash = async (layout: RepositoryLayout, id: BackupId): Promise<string> => {
  await ensureDir(layout.trash, 0o750)
  await giveTo(await ownerOf(layout.root), layout.trash)
  const taken = new Set(await readdir(layout.trash))
  let name = id
  for (let copy = 2; taken.has(name); copy += 1) name = `${id}~${copy}`
  const destination = join(layout.trash, name)
  await renameDurable(layout.backup(id).directory, destination)
  return destination
}
