// The policy of `chain expire` as its options say it.

import type { RetentionPolicy } from '../chain/retention-policy.ts'
import { ClonectlError } from '../errors.ts'
import { readDuration } from './read-duration.ts'

export interface RetentionArguments {
  readonly window: string | undefined
  readonly keepFull: number | undefined
  readonly keepLast: number | undefined
  readonly keepLabel: string | undefined
  readonly includeBroken: boolean
}

/**
 * Reads it. Throws USAGE when no rule says how much is to stay: then everything but the last chain
 * would go, which nobody means.
 */
export const readPolicy = (args: RetentionArguments, now: Date): RetentionPolicy => {
  const { window, keepFull, keepLast, keepLabel, includeBroken } = args
  const hasRule = window !== undefined || keepFull !== undefined || keepLast !== undefined
  if (!hasRule && !includeBroken)
    throw new ClonectlError('USAGE', 'clonectl chain expire needs a rule: what is to stay?', {
      hint: 'give --window 14d, --keep-full N or --keep-last N; what any of them keeps stays',
    })
  return {
    windowStart:
      window === undefined ? undefined : new Date(now.getTime() - readDuration(window, '--window')),
    keepFulls: keepFull,
    keepLast,
    keepLabel,
    includeBroken,
  }
}
