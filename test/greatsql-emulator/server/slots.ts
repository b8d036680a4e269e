// How many clones run: 5 as recipient, and as many as donor as the release allows (clone_client.cc,
// pfs_begin_state; clone0clone.h, MAX_CLONES).
import { SqlError } from '../protocol/sql-error.ts'

export interface Slots {
  /** Takes one. @throws SqlError 3634 when all are taken. */
  take(): void
  give(): void
  /** The plugin was loaded anew: what had leaked is free again. */
  reset(): void
  used(): number
}

export const makeSlots = (limit: number): Slots => {
  let used = 0
  return {
    take: () => {
      if (used >= limit) {
        throw new SqlError(
          3634,
          'HY000',
          `Too many concurrent clone operations. Maximum allowed - ${limit}.`,
        )
      }
      used += 1
    },
    give: () => {
      used = Math.max(0, used - 1)
    },
    reset: () => {
      used = 0
    },
    used: () => used,
  }
}
