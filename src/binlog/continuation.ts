// Whether the archive goes on from a backup without a break: what monitoring asks of the newest one. Pure.

import type { Backup } from '../chain/backup.ts'
import { placeOf } from './backup-place.ts'
import type { BinlogArchive } from './binlog-archive.ts'
import { archiveGaps } from './server-recovery.ts'
import type { ArchiveGap } from './verify-problem.ts'

export type Continuation =
  /** Nothing is archived of its server. */
  | { readonly state: 'none' }
  /** Every binlog since then is there, as far as they were pulled. */
  | { readonly state: 'whole' }
  /** Up to this gap. */
  | { readonly state: 'gap'; readonly gap: ArchiveGap }
  /** The archive begins later, or is of another history. */
  | { readonly state: 'apart' }

/** Looks at the present archive of the backup's own server. */
export const continuationOf = (
  backup: Backup,
  archives: readonly BinlogArchive[],
): Continuation => {
  const archive = archives.find(
    ({ serverUuid, endedAt }) => serverUuid === backup.serverUuid && endedAt === null,
  )
  if (archive === undefined) return { state: 'none' }
  const place = placeOf(archive, backup)
  if (place === undefined) return { state: 'apart' }
  const rest = new Set(archive.members.slice(place).map(({ facts }) => facts.name))
  const gap = archiveGaps(archive).find(({ after }) => rest.has(after))
  return gap === undefined ? { state: 'whole' } : { state: 'gap', gap }
}
