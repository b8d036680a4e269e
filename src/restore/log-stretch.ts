// A stretch of transactions through several binlogs on the stage.

/** A binlog of a replay as it lies on the stage. */
export interface PlacedLog {
  readonly path: string
  readonly sizeBytes: number
}

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
