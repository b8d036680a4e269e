// Parts a stretch of transactions into those that the applier runs and those that a client has to run.

import type { LogStretch } from './log-stretch.ts'
import type { ReplayWay } from '../target.ts'

/** A boundary between two transactions. */
export interface Place {
  /** Index of the log in the stretch. */
  readonly log: number
  readonly position: number
}

/** Transactions that a client has to run. */
export interface SingledOut {
  /** Where the transaction before them ends: the applier never comes to the end of a log that has none. */
  readonly after: Place
  readonly from: Place
  readonly to: Place
}

export interface ReplayPart {
  readonly by: ReplayWay
  readonly stretch: LogStretch
}

/** The parts in their order; `singledOut` is in order, too. */
export const splitStretch = (
  whole: LogStretch,
  singledOut: readonly SingledOut[],
): readonly ReplayPart[] => {
  const parts: ReplayPart[] = []
  const add = (by: ReplayWay, from: Place, to: Place): void => {
    if (from.log < to.log || from.position < to.position)
      parts.push({ by, stretch: cutOut(whole, from, to) })
  }
  let done: Place = { log: 0, position: whole.startPosition }
  for (const { after, from, to } of singledOut) {
    add('applier', done, after)
    add('mysqlbinlog', from, to)
    done = to
  }
  add('applier', done, { log: whole.logs.length - 1, position: whole.endPosition })
  return parts
}

const cutOut = ({ logs }: LogStretch, from: Place, to: Place): LogStretch => ({
  logs: logs.slice(from.log, to.log + 1),
  startPosition: from.position,
  endPosition: to.position,
})
