// Second names for the deltas of a full. mysqld deletes them as it prepares the full, and what it
// wrote is compared with them afterwards. A hard link costs no space and survives the deletion.

import { ensureDir } from 'fs-extra/esm'
import { link } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckedDelta } from './checked-deltas.ts'

/** Links the deltas with pages into `directory`, which is made; returns them under their new names. */
export const linkWitnesses = async (
  directory: string,
  deltas: readonly CheckedDelta[],
): Promise<readonly CheckedDelta[]> => {
  await ensureDir(directory, 0o700)
  const witnesses: CheckedDelta[] = []
  for (const [index, delta] of deltas.entries()) {
    const file = join(directory, `${index}.delta`)
    if (delta.summary.pages > 0) await link(delta.file, file)
    witnesses.push({ ...delta, file })
  }
  return witnesses
}
