// The words for what is found while a history is gone through: why an increment has no base, and what
// a user should know of one that has.

import type { HistoryRow } from '../mysql/clone-history.ts'
import type { BaseStack } from './base-stack.ts'
import type { HistorySource, PlacedClone } from './history-source.ts'
import type { Problem } from './problem.ts'

/** The LSN of a server never falls: what lies below an earlier one is of another log. */
const higherBefore = ({ highest }: HistorySource, row: HistoryRow): HistoryRow | undefined =>
  highest !== undefined && row.endLsn < highest.endLsn ? highest : undefined

/** A full whose LSN fell is whole, and the first of a new era. */
export const restartOf = (source: HistorySource, row: HistoryRow): Problem | undefined => {
  // A clone without page tracking may know no LSN at all.
  const before = row.endLsn === 0n ? undefined : higherBefore(source, row)
  if (before === undefined) return undefined
  const message = `ends at LSN ${row.endLsn}, though ID ${before.id} before it ended at ${before.endLsn}: the server was rebuilt or restored, and nothing that follows sits on what is older`
  return { code: 'LSN_RESTARTED', message }
}

/** An increment whose LSN fell has no full of its log below it. */
export const regressionOf = (source: HistorySource, row: HistoryRow): Problem | undefined => {
  const before = higherBefore(source, row)
  if (before === undefined) return undefined
  const message = `ends at LSN ${row.endLsn}, though ID ${before.id} before it ended at ${before.endLsn}`
  return { code: 'LSN_REGRESSION', message }
}

/** Says that something else sits on the base already. */
export const forkOf = (base: PlacedClone): Problem | undefined => {
  if (base.child === undefined) return undefined
  const message = `sits on ID ${base.row.id} beside ID ${base.child.id}, not on top of it`
  return { code: 'FORK', message }
}

/** Why nothing was found that the increment could sit on. `allBases` are those of every source. */
export const lackOf = (
  row: HistoryRow,
  source: HistorySource,
  allBases: BaseStack<PlacedClone>,
): Problem =>
  brokenBase(row, source) ?? gapIn(row, source) ?? foreignBase(row, source, allBases) ?? lost(row)

const brokenBase = ({ startLsn }: HistoryRow, source: HistorySource): Problem | undefined => {
  const broken = source.brokenBases.latestReaching(startLsn)
  if (broken === undefined) return undefined
  return { code: 'BASE_BROKEN', message: `sits on ID ${broken.row.id}, which cannot be restored` }
}

const gapIn = ({ startLsn }: HistoryRow, source: HistorySource): Problem | undefined => {
  const farthest = source.bases.farthest()
  if (farthest !== undefined) {
    const message = `holds changes since LSN ${startLsn}, and of those before it ID ${farthest.row.id} is complete farthest, up to ${farthest.pageTrackLsn}`
    return { code: 'LSN_GAP', message }
  }
  if (!source.hasUsable) return undefined
  return { code: 'NOT_TRACKED', message: 'those before it were taken without page tracking' }
}

const foreignBase = (
  row: HistoryRow,
  source: HistorySource,
  allBases: BaseStack<PlacedClone>,
): Problem | undefined => {
  const other = allBases.latestReaching(row.startLsn)
  if (other === undefined || other.source === source || other.row.endLsn > row.endLsn)
    return undefined
  const message = `taken from ${row.source}; ID ${other.row.id}, on which it would fit, from ${other.row.source}`
  return { code: 'FOREIGN_SERVER', message }
}

const lost = ({ startLsn }: HistoryRow): Problem => ({
  code: 'BASE_MISSING',
  message: `needs a base with PAGE_TRACK_LSN ${startLsn} or more, and there is none before it`,
})
