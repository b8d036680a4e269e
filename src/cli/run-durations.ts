// How long runs took, from their journals. The manifest tells only how long the clone itself took.

import type { BackupId } from '../chain/backup-id.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { readJournalForListing, type RunRecord } from '../repository/run-journal.ts'
import { mapLimit } from '../system/map-limit.ts'

const READERS = 8

/** Milliseconds by id; a backup whose journal is missing or unreadable, as an adopted one's, has none. */
export const readRunDurations = async (
  layout: RepositoryLayout,
  ids: readonly BackupId[],
): Promise<ReadonlyMap<BackupId, number>> => {
  const durations = await mapLimit(ids, READERS, async (id) => {
    const duration = durationOf(await readJournalForListing(layout.backup(id).journal))
    return duration === undefined ? [] : [[id, duration] as const]
  })
  return new Map(durations.flat())
}

/** The first step of a run that takes a backup; an adoption only moves one, however long it took. */
const FIRST_STEP = 'begin'

/** From its first step to the last, which is the sealing. */
const durationOf = (record: RunRecord | undefined): number | undefined => {
  const first = record?.steps[0]
  const last = record?.steps.at(-1)
  if (first?.step !== FIRST_STEP || last === undefined || first === last) return undefined
  const duration = Date.parse(last.at) - Date.parse(first.at)
  // The clock of the machine may have been put back meanwhile.
  return duration >= 0 ? duration : undefined
}
