// A stretch of transactions through several binlogs on the stage.

import { basename, join } from 'node:path'

/** A binlog of a replay as it lies on the stage. */
export interface PlacedLog {
  readonly path: string
  readonly sizeBytes: number
}

/** The path of a binlog on the stage: a number goes first, for after a failover two servers may use one name. */
export const placedPath = (directory: string, index: number, name: string): string =>
  join(directory, `${index + 1}-${name}`)

/** What its server called a binlog on the stage. */
export const placedName = ({ path }: PlacedLog): string => basename(path).replace(/^\d+-/u, '')

export interface LogStretch {
  /** In their order; at least one. */
  readonly logs: readonly PlacedLog[]
  /** In the first. */
  readonly startPosition: number
  /** In the last: where its last transaction ends. */
  readonly endPosition: number
}

/** Bytes of the stretch. */
export const stretchBytes = ({ logs, startPosition, endPosition }: LogStretch): number =>
  logs.slice(0, -1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) + endPosition - startPosition
