// When a private mysqld has died, that is what happened, and not the loss of a connection to it.

import { setTimeout as delay } from 'node:timers/promises'
import { ClonectlError, type ErrorCode, type ErrorDetails } from '../errors.ts'
import { readLogTail } from '../mysql/log-tail.ts'
import type { MysqldExit } from '../mysql/mysqld-process.ts'
import type { PrivateMysqld } from '../mysql/private-mysqld.ts'

export interface Witnessed {
  readonly server: Pick<PrivateMysqld, 'exited'>
  readonly logFile: string
  /** What it was doing, as the end of "mysqld died (signal SIGKILL)". */
  readonly when: string
  readonly details?: ErrorDetails
}

/** A connection is noticed to be gone before the process that held it is. */
const LOSS_PATIENCE_MS = 5000
/** Of a client program; it ends by itself when its server is gone. */
const PROGRAM_PATIENCE_MS = 500

const patienceFor = (code: ErrorCode): number | undefined => {
  if (code === 'SERVER') return LOSS_PATIENCE_MS
  return code === 'PROCESS' ? PROGRAM_PATIENCE_MS : undefined
}

/** The error to tell instead of this one: PROCESS with what the log says when mysqld is gone, else itself. */
export const explainDeath = async (error: unknown, witnessed: Witnessed): Promise<unknown> => {
  const patienceMs = error instanceof ClonectlError ? patienceFor(error.code) : undefined
  if (patienceMs === undefined) return error
  const patience = delay(patienceMs, undefined, { ref: false })
  const exit = await Promise.race([witnessed.server.exited, patience])
  return exit === undefined ? error : died(exit, witnessed)
}

const died = async (
  { exitCode, signal }: MysqldExit,
  { logFile, when, details }: Witnessed,
): Promise<ClonectlError> => {
  const { lines, errors } = await readLogTail(logFile)
  const how = signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`
  const hint = `See its log: ${logFile}`
  const why = errors[0] === undefined ? '' : `: ${errors[0]}`
  return new ClonectlError('PROCESS', `mysqld died (${how})${when}${why}`, {
    hint,
    details: {
      ...{ command: 'mysqld', exitCode, signal },
      ...{ logFile, logErrors: errors, logTail: lines },
      ...details,
    },
  })
}
