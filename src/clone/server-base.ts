// Where an increment that the server makes has to start. The server takes any number, and makes a
// full without a word where the base has none, so the number comes from two witnesses: the base's
// manifest, and what its data says of itself (GreatSQL clone_client.cc; never INCREMENT BASED
// DIRECTORY, which leaks a clone slot when it cannot read the file, and knows no merged full).

import type { Backup } from '../chain/backup.ts'
import type { Lsn } from '../chain/lsn.ts'
import { ClonectlError } from '../errors.ts'
import { readReachedState } from '../repository/applied-state.ts'
import type { BackupPaths } from '../repository/layout.ts'

/** The START_LSN for an increment on `base`. Throws INTEGRITY when the witnesses differ. */
export const startLsnOf = async (paths: BackupPaths, base: Backup): Promise<Lsn> => {
  const { pageTrackLsn, file } = await readReachedState(paths.data)
  if (pageTrackLsn === base.pageTrackLsn && pageTrackLsn > 0n) return pageTrackLsn
  throw new ClonectlError(
    'INTEGRITY',
    `${file} says page_track_lsn ${pageTrackLsn}, the manifest of ${base.id} ${base.pageTrackLsn}`,
    { hint: 'one of the two was changed: take a full', details: { file, backup: base.id } },
  )
}
