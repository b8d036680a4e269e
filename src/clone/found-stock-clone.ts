// A clone that stock MySQL or Percona Server made by hand, which is always a plain full. The server
// writes down when it was made and how it ended, but no LSNs: those are in its redo log.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLONE_VIEW_STATUS, parseStockViewStatus } from '../mysql/clone-view-status.ts'
import type { StoredPath } from '../repository/stored-kind.ts'
import { type CloneDirectory, requireSound, startProblems } from './clone-directory.ts'
import { treeProblems } from './confirm.ts'
import type { FoundClone } from './found-clone.ts'
import { readRedoExtent } from './redo-extent.ts'

/** Reads what it is. Throws INTEGRITY saying everything that is wrong. */
export const readStockClone = async (found: CloneDirectory): Promise<FoundClone> => {
  const { directory, tree, stored } = found
  requireSound(directory, [
    ...startProblems(found),
    ...treeProblems(tree, []),
    ...foreignProblems(stored),
  ])
  const file = join(directory, CLONE_VIEW_STATUS)
  const status = parseStockViewStatus(await readFile(file, 'utf8'), file)
  const { checkpointLsn, endLsn } = await readRedoExtent(directory, tree)
  return {
    ...found,
    ...status,
    engine: 'mysql',
    type: 'full',
    codec: undefined,
    startLsn: 0n,
    // Pages that were changed after the checkpoint may lie in the clone's redo only.
    pageTrackLsn: checkpointLsn,
    endLsn,
  }
}

/** Deltas and compressed or encrypted files are not of this server, or were made afterwards. */
const foreignProblems = (stored: readonly StoredPath[]): readonly string[] => {
  const isForeign = ({ kind, codec, encrypted }: StoredPath): boolean =>
    kind === 'delta' || kind === 'meta' || codec !== undefined || encrypted
  const names = stored.filter(isForeign).map(({ path }) => path)
  if (names.length === 0) return []
  return [
    `stock MySQL writes no such files as ${names.slice(0, 3).join(', ')}, and GreatSQL's clone has #clone/#clone_checkpoints`,
  ]
}
