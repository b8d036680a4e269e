// Chains out of mysql.clone_history. Its rows do not say what an increment was made on, and their
// LSNs leave a choice: on an idle server every increment starts where the first one did. So each sits
// on the latest clone, ended before it began, that reaches as far as its changes begin; that is safe
// whatever it was made on, because its pages are then a superset of what is needed.
// Nothing is read out of the names of directories.

import type { HistoryRow } from '../mysql/clone-history.ts'
import type { BackupType } from './backup-id.ts'
import { rowFault, rowTypeOf } from './history-faults.ts'
import { byBegin, makeSweep, type Place, type Sweep } from './history-sweep.ts'
import type { Problem } from './problem.ts'

export interface HistoryMember {
  readonly row: HistoryRow
  /** Undefined for a type that is not known. */
  readonly type: BackupType | undefined
  /** ID of the row it sits on; undefined for a full and an orphan. */
  readonly base: string | undefined
  /** IDs of what else in its chain it could be applied on, oldest first. */
  readonly alsoOn: readonly string[]
  readonly problems: readonly Problem[]
}

export interface HistoryChain {
  readonly full: HistoryRow
  /** The full first, then its increments, in the order they were begun. */
  readonly members: readonly HistoryMember[]
}

export interface HistoryChains {
  /** Oldest full first. */
  readonly chains: readonly HistoryChain[]
  /** Rows of no chain: failed, not to be believed, or without a base. */
  readonly orphans: readonly HistoryMember[]
}

/** Builds the chains. A history without problems has no orphans. */
export const buildHistoryChains = (rows: readonly HistoryRow[]): HistoryChains => {
  const chains = new Map<string, { full: HistoryRow; members: HistoryMember[] }>()
  const orphans: HistoryMember[] = []
  const ordered = [...rows].sort(byBegin).map((row) => ({ row, fault: rowFault(row) }))
  const sweep = makeSweep(ordered.flatMap(({ row, fault }) => (fault === undefined ? row : [])))
  for (const { row, fault } of ordered) {
    const type = rowTypeOf(row)
    const { chain, ...place } = fault === undefined ? placeOf(row, type, sweep) : outside(fault)
    const member: HistoryMember = { row, type, ...place }
    if (chain === undefined) orphans.push(member)
    else if (chain === row.id) chains.set(chain, { full: row, members: [member] })
    else chains.get(chain)?.members.push(member)
  }
  return { chains: [...chains.values()], orphans }
}

const placeOf = (row: HistoryRow, type: BackupType | undefined, sweep: Sweep): Place =>
  type === 'full' ? sweep.placeFull(row) : sweep.placeIncrement(row)

const outside = (fault: Problem): Place => ({
  chain: undefined,
  base: undefined,
  alsoOn: [],
  problems: [fault],
})
