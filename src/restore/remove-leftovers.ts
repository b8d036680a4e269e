// Removes what a mysqld that applied an increment left in the data directory and no backup holds:
// auto.cnf, doublewrite files, temporary tablespaces. Nobody else writes there.

import { remove } from 'fs-extra/esm'
import { join } from 'node:path'
import { isTablespaceName } from '../innodb/tablespace-header.ts'
import { listTree } from '../system/file-tree.ts'
import type { StateBefore, StateExpected } from './apply-state.ts'

/**
 * Returns what was removed. A tablespace that is not expected stays, for the judge to see: nothing
 * but an increment may bring one.
 */
export const removeLeftovers = async (
  data: string,
  before: StateBefore,
  expected: StateExpected,
): Promise<readonly string[]> => {
  const known = new Set([...before.paths, ...expected.paths])
  const leftovers = (await listTree(data)).files
    .map(({ path }) => path)
    .filter((path) => !known.has(path) && !isTablespaceName(path))
  for (const path of leftovers) await remove(join(data, path))
  const empty = (await listTree(data)).emptyDirectories
  const made = empty.filter((path) => !before.directories.has(path))
  for (const path of made) await remove(join(data, path))
  return [...leftovers, ...made]
}
