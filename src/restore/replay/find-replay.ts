// Finds what to replay: of the ways that lead on from a backup the first that reaches the target.

import { type BinlogGap, describeGap } from '../../binlog/binlog-gap.ts'
import { ClonectlError } from '../../errors.ts'
import { reachOfLog } from './log-reach.ts'
import { findReplayRange, type ReplayLogs, type ReplayRange } from './replay-range.ts'
import { type HeldState, requireSameHistory } from './same-history.ts'
import { stopRuleFor } from './stop-rule.ts'
import type { RecoveryTarget } from '../target.ts'
import { requireAhead } from './target-ahead.ts'

export interface FoundReplay {
  readonly range: ReplayRange
  /** The latest time the binlogs tell of; undefined when they tell of none. */
  readonly reach: Date | undefined
  /** Why the target is not reached; undefined when it is. */
  readonly shortfall: string | undefined
  /** Where the binlogs end that were looked through: nothing beyond it can be reached from this backup. */
  readonly gap: BinlogGap | undefined
}

/** When the binlogs were known to hold everything that had been committed by then. */
export type Sighting = (logs: ReplayLogs) => Date | undefined

/**
 * Searches. When no way reaches the target, the answer is the first, with its shortfall. Throws
 * TARGET_UNREACHABLE when the backup ends behind the target, BINLOG_GAP for another history,
 * INTEGRITY, CONFIG.
 */
export const findReplay = async (
  routes: readonly ReplayLogs[],
  target: RecoveryTarget,
  state: HeldState,
  sighting: Sighting = () => undefined,
): Promise<FoundReplay> => {
  requireAhead(target, state)
  let first: FoundReplay | undefined
  let failure: unknown
  for (const route of target.kind === 'position' ? donorsOwn(routes) : routes) {
    try {
      const found = await follow(route, target, state, sighting)
      if (found.shortfall === undefined) return found
      first ??= found
    } catch (error) {
      // Another way may be sound; without one this is what the user is told.
      failure ??= error
    }
  }
  if (first !== undefined) return first
  throw failure
}

/** Positions are those of the donor; other servers use the same names for other binlogs. */
const donorsOwn = (routes: readonly ReplayLogs[]): readonly ReplayLogs[] => {
  const own = routes.flatMap((route) => {
    const other = route.logs.findIndex(({ changesServer }) => changesServer)
    if (other < 0) return [route]
    const { logs, startPosition } = route
    return other === 0 ? [] : [{ logs: logs.slice(0, other), startPosition }]
  })
  if (own.length > 0) return own
  throw new ClonectlError(
    'BINLOG_GAP',
    "a position is one of the donor's binlogs, which are not there; only another server's lead on",
    { hint: 'name the transaction instead: --to-gtid or --before-gtid' },
  )
}

const follow = async (
  route: ReplayLogs,
  target: RecoveryTarget,
  state: HeldState,
  sighting: Sighting,
): Promise<FoundReplay> => {
  const rule = stopRuleFor(target, state.gtidExecuted)
  const range = await findReplayRange(route, rule, state.gtidExecuted)
  requireSameHistory(state, range)
  const last = route.logs.at(-1)
  const times = [range.lastTime, last && (await reachOfLog(last)), sighting(route)]
  const reach = latestOf(times.filter((time) => time !== undefined))
  const end = { name: last?.name ?? '', sizeBytes: last?.sizeBytes ?? 0, reach }
  if (range.isStopped) return { range, reach, shortfall: undefined, gap: undefined }
  const { gapAfter: gap } = route
  // Stopping at a gap without a word would pass for the newest state.
  const isCutOff = target.kind === 'end' && gap !== undefined
  const why = rule.shortfall(end) ?? (isCutOff ? 'the binlogs go on behind a gap' : undefined)
  const beyond = gap === undefined ? '' : `: ${describeGap(gap)}`
  return { range, reach, gap, shortfall: why === undefined ? undefined : `${why}${beyond}` }
}

const latestOf = (times: readonly Date[]): Date | undefined =>
  times.length === 0 ? undefined : new Date(Math.max(...times.map((time) => time.getTime())))
