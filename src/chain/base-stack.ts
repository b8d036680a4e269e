// Finds, among many backups, the latest that reaches as far as an increment's changes begin, without
// looking at each: one that is older and reaches less far will never be chosen, so it is forgotten.

import type { Lsn } from './lsn.ts'

export interface BaseStack<Candidate> {
  /** Candidates come oldest first. */
  add(candidate: Candidate): void
  /** The latest whose page-track LSN is `lsn` or later. */
  latestReaching(lsn: Lsn): Candidate | undefined
  /** The one that reaches farthest. */
  farthest(): Candidate | undefined
  clear(): void
}

/** An empty stack. */
export const makeBaseStack = <
  Candidate extends { readonly pageTrackLsn: Lsn },
>(): BaseStack<Candidate> => {
  // Page-track LSNs fall from the bottom to the top.
  const stack: Candidate[] = []
  return {
    add: (candidate) => {
      while ((stack.at(-1)?.pageTrackLsn ?? candidate.pageTrackLsn + 1n) <= candidate.pageTrackLsn)
        stack.pop()
      stack.push(candidate)
    },
    latestReaching: (lsn) => {
      let [reaching, beyond] = [-1, stack.length]
      while (beyond - reaching > 1) {
        const middle = (reaching + beyond) >> 1
        if ((stack[middle]?.pageTrackLsn ?? 0n) >= lsn) reaching = middle
        else beyond = middle
      }
      return stack[reaching]
    },
    farthest: () => stack[0],
    clear: () => {
      stack.length = 0
    },
  }
}
