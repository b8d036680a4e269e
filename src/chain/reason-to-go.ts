// Why a backup goes, in words: which of the rules that were given does not name it.

import type { Member } from './chains.ts'
import { isBreaking } from './problem.ts'
import type { RetentionPolicy } from './retention-policy.ts'

/** `NOT_KEPT`: no rule keeps it. `WITH_CHAIN`: broken, and its full goes. `BROKEN`: `--include-broken`. */
export type ExpireCode = 'NOT_KEPT' | 'WITH_CHAIN' | 'BROKEN'

/** The message continues a sentence that begins with the backup. */
export interface ExpireReason {
  readonly code: ExpireCode
  readonly message: string
}

/** For a backup that goes; `chainStays` says whether the full of its chain does not. */
export const reasonToGo = (
  { problems }: Member,
  policy: RetentionPolicy,
  chainStays: boolean,
): ExpireReason => {
  const problem = problems.find(isBreaking)
  if (problem === undefined) return { code: 'NOT_KEPT', message: notNamed(policy) }
  return chainStays
    ? { code: 'BROKEN', message: `cannot be restored: ${problem.code}` }
    : { code: 'WITH_CHAIN', message: `cannot be restored: ${problem.code}; its chain goes` }
}

/** `the newest full`, `the newest 3 fulls`. */
export const newest = (count: number, what: 'full' | 'backup'): string =>
  count === 1 ? `the newest ${what}` : `the newest ${count} ${what}s`

const notNamed = ({ windowStart, keepFulls, keepLast, keepLabel }: RetentionPolicy): string =>
  [
    ...(windowStart === undefined ? [] : ['is not needed for the window']),
    ...(keepFulls === undefined ? [] : [`does not belong to ${newest(keepFulls, 'full')}`]),
    ...(keepLast === undefined ? [] : [`is not of ${newest(keepLast, 'backup')}`]),
    ...(keepLabel === undefined ? [] : [`is not labelled ${keepLabel}`]),
  ].join(', ')
