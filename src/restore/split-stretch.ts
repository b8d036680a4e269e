// Parts a stretch of transactions into those that the applier runs and those that a client has to run.

import type { LogStretch } from './log-stretch.ts'
import type { ReplayWay } from './target.ts'

/** A transaction that a client has to run: the log it is in, and its boundaries. */
export interface SingledOut {
  /** Index of the log in the stretch. */
  readonly log: number
  readonly position: number
  readonly endPosition: number
}

export interface ReplayPart {
  readonly by: ReplayWay
  readonly stretch: LogStretch
}

interface Place {
  readonly log: number
  readonly position: number
}

/** The parts in their order; `singledOut` is in order, too. */
export const splitStretch = (
  whole: LogStretch,
  singledOut: readonly SingledOut[],
): readonly ReplayPart[] => {
  const parts: ReplayPart[] = []
  let from: Place = { log: 0, position: whole.startPosition }
  const add = (by: ReplayWay, to: Place): void => {
    const stretch = cutOut(whole, from, to)
    if (from.log !== to.log || from.position < to.position) parts.push({ by, stretch })
    from = to
  }
  for (const { log, position, endPosition } of singledOut) {
    add('applier', { log, position })
    add('mysqlbinlog', { log, position: endPosition })
  }
  add('applier', { log: whole.logs.length - 1, position: whole.endPosition })
  return parts
}

const cutOut = ({ logs }: LogStretch, from: Place, to: Place): LogStretch => ({
  logs: logs.slice(from.log, to.log + 1),
  startPosition: from.position,
  endPosition: to.position,
})
