// What the last drills of several backups proved, taken together.

import type { BackupId } from '../chain/backup-id.ts'
import type { Member } from '../chain/chains.ts'
import type { DrillSummary } from '../repository/drill-file.ts'

export interface DrilledBackup extends DrillSummary {
  readonly id: BackupId
}

export interface DrilledState {
  /** The newest drill of all. */
  readonly last: DrilledBackup | undefined
  /** The newest that went well. */
  readonly lastSuccess: DrilledBackup | undefined
}

/** Sums up the last drill of each of these backups. */
export const judgeDrilled = (
  members: readonly Member[],
  drilled: ReadonlyMap<BackupId, DrillSummary>,
): DrilledState => {
  const known = members
    .flatMap(({ backup: { id } }) => {
      const drill = drilled.get(id)
      return drill === undefined ? [] : [{ id, ...drill }]
    })
    .sort((a, b) => Date.parse(a.endedAt) - Date.parse(b.endedAt))
  return { last: known.at(-1), lastSuccess: known.findLast(({ outcome }) => outcome === 'ok') }
}
