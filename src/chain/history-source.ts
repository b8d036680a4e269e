// What is known of the clones of one SOURCE while a history is gone through in order: what an
// increment could sit on, and how far the server's log had come.

import type { HistoryRow } from '../mysql/clone-history.ts'
import { type BaseStack, makeBaseStack } from './base-stack.ts'
import type { Lsn } from './lsn.ts'

/** A clone that was placed. */
export interface PlacedClone {
  readonly row: HistoryRow
  readonly pageTrackLsn: Lsn
  readonly source: HistorySource
  /** Undefined for an orphan. */
  readonly chain: OpenChain | undefined
  /** The era of its source that it belongs to; none of them when its LSNs are not to be believed. */
  readonly era: number | undefined
  /** The first that was placed on it. */
  child: HistoryRow | undefined
}

/** A chain that may still grow. */
export interface OpenChain {
  /** ID of its full. */
  readonly id: string
  /** Members that something can sit on, in the order they ended. */
  readonly bases: PlacedClone[]
}

/** LSNs of different servers cannot be compared, so each SOURCE is kept for itself. */
export interface HistorySource {
  /** A server that is rebuilt counts its LSNs anew: an era ends there. */
  era: number
  /** The clone with the highest END_LSN of this era. */
  highest: HistoryRow | undefined
  /** Whether anything of this era can be restored. */
  hasUsable: boolean
  /** What can be restored, and has a page-track LSN. */
  readonly bases: BaseStack<PlacedClone>
  /** Orphans with a page-track LSN. */
  readonly brokenBases: BaseStack<PlacedClone>
}

/** A source without clones. */
export const makeHistorySource = (): HistorySource => ({
  era: 0,
  highest: undefined,
  hasUsable: false,
  bases: makeBaseStack(),
  brokenBases: makeBaseStack(),
})

/** Takes a clone that has ended into account; true when something can sit on it. */
export const takeAccount = (clone: PlacedClone): boolean => {
  const { row, source, chain, era } = clone
  if (era !== source.era) return false
  if (row.endLsn >= (source.highest?.endLsn ?? 0n)) source.highest = row
  if (chain !== undefined) source.hasUsable = true
  if (row.pageTrackLsn === 0n) return false
  if (chain === undefined) {
    source.brokenBases.add(clone)
    return false
  }
  source.bases.add(clone)
  chain.bases.push(clone)
  return true
}

/** Forgets everything: nothing that comes sits on what was before. */
export const beginEra = (source: HistorySource): void => {
  source.era += 1
  source.highest = undefined
  source.hasUsable = false
  source.bases.clear()
  source.brokenBases.clear()
}
