// A clone that somebody made by hand: what it is, told by its files alone. Names of directories lie,
// and nothing is believed that another file does not confirm.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../chain/backup.ts'
import type { BackupType } from '../chain/backup-id.ts'
import type { Codec } from '../codec/codec.ts'
import { ClonectlError } from '../errors.ts'
import { CLONE_CHECKPOINTS } from '../mysql/clone-checkpoints.ts'
import { CLONE_VIEW_STATUS, type CloneViewStatus } from '../mysql/clone-view-status.ts'
import { readStoredPath } from '../repository/stored-kind.ts'
import { exists } from '../system/exists.ts'
import { listTree } from '../system/file-tree.ts'
import type { CloneDirectory } from './clone-directory.ts'
import { readGreatsqlClone } from './found-greatsql-clone.ts'
import { readStockClone } from './found-stock-clone.ts'

/** `CloneViewStatus`: times and LSNs, wherever they were found. */
export interface FoundClone extends CloneViewStatus, CloneDirectory {
  /** Who will make the increments on it: what the server wrote into it decides. */
  readonly engine: Engine
  readonly type: BackupType
  readonly codec: Codec | undefined
}

/** Looks at a directory. Throws USAGE when it holds no clone, INTEGRITY when it is not whole. */
export const findClone = async (directory: string): Promise<FoundClone> => {
  await requireClone(directory)
  const tree = await listTree(directory)
  const stored = tree.files.map(({ path }) => readStoredPath(path))
  const read = tree.files.some(({ path }) => path === CLONE_CHECKPOINTS)
    ? readGreatsqlClone
    : readStockClone
  return read({ directory, tree, stored })
}

const requireClone = async (directory: string): Promise<void> => {
  if (!(await exists(directory)) || !(await stat(directory)).isDirectory())
    throw new ClonectlError('USAGE', `there is no directory ${directory}`, {
      hint: 'give the DATA DIRECTORY of a CLONE statement',
    })
  if (await exists(join(directory, '#clone/#status_in_progress')))
    throw new ClonectlError('INTEGRITY', `the clone in ${directory} did not end`, {
      hint: 'a clone cannot be resumed: remove it, and take it again',
      details: { directory, file: '#clone/#status_in_progress' },
    })
  for (const file of [CLONE_CHECKPOINTS, CLONE_VIEW_STATUS])
    if (await exists(join(directory, file))) return
  throw new ClonectlError('USAGE', `${directory} holds no clone`, {
    hint: 'give the DATA DIRECTORY of a CLONE statement, with its #clone directory',
    details: { directory, missing: CLONE_VIEW_STATUS },
  })
}
