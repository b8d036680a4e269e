// Where an increment that the server makes has to start. The server takes any number, and makes a
// full without a word where the base has none, so the number comes from two witnesses: the base's
// own #clone_checkpoints and its manifest (GreatSQL clone_client.cc; never INCREMENT BASED DIRECTORY,
// which leaks a clone slot when it cannot read the file).

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backup } from '../chain/backup.ts'
import type { Lsn } from '../chain/lsn.ts'
import { ClonectlError } from '../errors.ts'
import { CLONE_CHECKPOINTS, parseCloneCheckpoints } from '../mysql/clone-checkpoints.ts'
import type { BackupPaths } from '../repository/layout.ts'

/** The START_LSN for an increment on `base`. Throws INTEGRITY when the witnesses differ. */
export const startLsnOf = async (paths: BackupPaths, base: Backup): Promise<Lsn> => {
  const file = join(paths.data, CLONE_CHECKPOINTS)
  const { pageTrackLsn } = parseCloneCheckpoints(await readFile(file, 'utf8'), file)
  if (pageTrackLsn === base.pageTrackLsn && pageTrackLsn > 0n) return pageTrackLsn
  throw new ClonectlError(
    'INTEGRITY',
    `${file} says page_track_lsn ${pageTrackLsn}, the manifest of ${base.id} ${base.pageTrackLsn}`,
    { hint: 'one of the two was changed: take a full', details: { file, backup: base.id } },
  )
}
