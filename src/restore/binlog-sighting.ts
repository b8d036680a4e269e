// What backups saw of the donor's binlogs. On an idle donor nothing is written, yet its binlogs are whole up
// to when it was seen last.

import type { Coordinates } from '../repository/manifest.ts'
import type { ReplayLogs } from './replay-range.ts'

/** The latest of these moments up to which the logs are whole. */
export const latestSighting = (
  { logs }: ReplayLogs,
  sightings: readonly Coordinates[],
): Date | undefined => {
  const seen = sightings
    .filter(({ binlogFile, binlogPosition }) =>
      logs.some(
        ({ name, sizeBytes }) => name === binlogFile && sizeBytes >= Number(binlogPosition),
      ),
    )
    .map(({ at }) => new Date(at).getTime())
  return seen.length === 0 ? undefined : new Date(Math.max(...seen))
}
