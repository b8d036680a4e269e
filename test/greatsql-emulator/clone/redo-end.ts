// The end of the redo that a clone of the real server carries.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { redoEndLsn, redoFileNumber } from '../formats/redo.ts'
import type { CloneTree } from './clone-tree.ts'

/** END_LSN of a backup made of this clone. The last file that holds log at all tells it. */
export const redoEndOf = async ({ dir, redo }: CloneTree): Promise<bigint> => {
  const byNumber = (name: string): number => redoFileNumber(name) ?? -1
  const names = [...redo].sort((a, b) => byNumber(b) - byNumber(a))
  const ends: bigint[] = []
  for (const name of names) ends.push(redoEndLsn(await readFile(join(dir, '#innodb_redo', name))))
  if (ends.length === 0) throw new Error(`the clone in ${dir} has no redo`)
  return ends.reduce((a, b) => (a > b ? a : b))
}
