// What an increment can sit on besides the base it was made on. An increment that GreatSQL made holds
// every page changed since its start LSN, so it fits on whatever is complete up to there. One that
// clonectl made is the difference to its base, and fits on nothing else.

import type { Backup } from './backup.ts'
import { linkProblems } from './link.ts'

/** As far as anybody looks: an idle server makes increments that fit on all that came before. */
export const ALTERNATIVES_LOOKED_AT = 100

const canSitOn = (increment: Backup, candidate: Backup): boolean =>
  increment.engine === 'greatsql' &&
  candidate.engine === 'greatsql' &&
  linkProblems(increment, candidate).length === 0

/** The latest of `candidates` that it can sit on. They can be restored and are older, oldest first. */
export const latestAlternative = (
  increment: Backup,
  candidates: readonly Backup[],
): Backup | undefined => candidates.findLast((candidate) => canSitOn(increment, candidate))

/** Those of the last hundred `candidates` that it can sit on, oldest first. */
export const alternativesOf = (
  increment: Backup,
  candidates: readonly Backup[],
): readonly Backup[] =>
  candidates.slice(-ALTERNATIVES_LOOKED_AT).filter((candidate) => canSitOn(increment, candidate))
