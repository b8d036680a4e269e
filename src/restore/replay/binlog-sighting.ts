// What others saw of the binlogs. On an idle donor nothing is written, yet its binlogs are whole up to when it was
// seen last.

import type { BinlogArchive } from '../../binlog/binlog-archive.ts'
import type { Coordinates } from '../../repository/manifest.ts'
import type { ReplayLogs } from './replay-range.ts'

/** A moment at which a server was seen at a place in its binlogs. */
export interface Sighted {
  readonly at: Date
  readonly name: string
  readonly position: number
  /** The archive whose binlogs are meant; undefined for any of this name. */
  readonly directory?: string
}

/** What backups saw of the donor; in the archive only its own binlogs are meant. */
export const sightedByBackups = (
  sightings: readonly Coordinates[],
  directory?: string,
): readonly Sighted[] =>
  sightings.flatMap(({ at, binlogFile: name, binlogPosition }) =>
    name === null
      ? []
      : [
          {
            ...{ at: new Date(at), name, position: Number(binlogPosition) },
            ...(directory !== undefined && { directory }),
          },
        ],
  )

/** What pullers saw of the servers. */
export const sightedByPullers = (archives: readonly BinlogArchive[]): readonly Sighted[] =>
  archives.flatMap(({ seen, directory }) =>
    seen === undefined
      ? []
      : [{ at: seen.at, name: seen.name, position: seen.sizeBytes, directory }],
  )

/** The latest of these moments up to which the logs are whole. */
export const latestSighting = (
  { logs }: ReplayLogs,
  sightings: readonly Sighted[],
): Date | undefined => {
  const seen = sightings
    .filter(({ name, position, directory }) =>
      logs.some(
        (log) =>
          log.name === name &&
          log.sizeBytes >= position &&
          (directory === undefined || log.path.startsWith(`${directory}/`)),
      ),
    )
    .map(({ at }) => at.getTime())
  return seen.length === 0 ? undefined : new Date(Math.max(...seen))
}
