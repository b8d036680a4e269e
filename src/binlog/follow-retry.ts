// When a follower connects again after it has lost its server, and when it gives up.

import { setTimeout as sleep } from 'node:timers/promises'
import { ClonectlError } from '../errors.ts'
import { isConnectionLost, serverErrno } from '../mysql/server-errno.ts'
import type { PullContext } from './pull-request.ts'

export interface Retry {
  /** To be called when binlogs have arrived: the next wait is short again. */
  progressed(): void
  /** Waits until it is time to connect again, or the follower is stopped. Throws what is of no use to repeat. */
  wait(error: unknown): Promise<void>
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** mysqlbinlog that fails so often, on a server that answers, will not get on by itself. */
const MOST_FAILURES = 5

/** Too many connections; host blocked: that passes. */
const passing: ReadonlySet<number> = new Set([1040, 1129])

/** A server that is away says nothing, or its farewell. What it refuses, it refuses again. */
const isAway = (error: ClonectlError): boolean => {
  const errno = serverErrno(error)
  return (
    error.code === 'SERVER' &&
    (errno === undefined || passing.has(errno) || isConnectionLost(error))
  )
}

export const newRetry = ({ reporter, signal }: PullContext): Retry => {
  let waitMs = FIRST_WAIT_MS
  let failures = 0
  return {
    progressed: () => {
      waitMs = FIRST_WAIT_MS
      failures = 0
    },
    wait: async (error) => {
      if (!(error instanceof ClonectlError)) throw error
      if (error.code === 'PROCESS') failures += 1
      else if (!isAway(error)) throw error
      if (failures > MOST_FAILURES) throw error
      reporter.warn(`${error.message}; connecting again in ${waitMs / 1000} s`)
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    },
  }
}
