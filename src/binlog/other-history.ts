// Whether binlogs can be replayed on a state that is known by its GTIDs alone, such as that of another
// server: they must go on where it ends, and nothing of it may be unknown to whoever wrote them. Pure.

import { type GtidSet, parseGtidSet } from '../mysql/gtid-set.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import { gtidsAtEnd } from './binlog-gap.ts'

/**
 * `executed` is what the state holds, `binlogs` follow each other. What a server was cloned with stands in
 * none of its binlogs, so these cannot be asked for all of the state; but of what both tell, they must
 * go on without a hole and reach as far as the state does.
 */
export const continuesFrom = (executed: string, binlogs: readonly BinlogFacts[]): boolean => {
  const last = binlogs.at(-1)
  if (last === undefined || binlogs.some(({ anonymous }) => anonymous > 0)) return false
  const state = parseGtidSet(executed)
  const written = parseGtidSet(gtidsAtEnd(last))
  const sources = [...written.keys()]
  const shared = sources.filter((source) => state.has(source))
  return (
    shared.length > 0 &&
    shared.every((source) => lastOf(written, source) >= lastOf(state, source)) &&
    sources.every((source) => goesOn(written, source, lastOf(state, source)))
  )
}

const lastOf = (set: GtidSet, source: string): bigint => set.get(source)?.at(-1)?.last ?? 0n

/**
 * Whoever wrote number `reached` itself has written all that it did since, whatever numbers it gave
 * (members of a group number in blocks). Otherwise the next number must be the first that follows.
 */
const goesOn = (written: GtidSet, source: string, reached: bigint): boolean => {
  const next = written.get(source)?.find(({ last }) => last >= reached && last > 0n)
  return next === undefined || next.first <= reached + 1n
}
