// One run of a mysqld that applies an increment: started, noted, waited for, and ended when it does
// what it should not.

import { setTimeout as delay } from 'node:timers/promises'
import { ClonectlError } from '../errors.ts'
import { type MysqldExit, type MysqldProcess, startMysqldProcess } from '../mysql/mysqld-process.ts'
import { datadirArgument } from '../mysql/private-mysqld.ts'
import { exists } from '../system/exists.ts'
import type { ProcessIdentity } from '../system/process-identity.ts'

export interface ApplyRun {
  /** Path of the program. */
  readonly mysqld: string
  readonly configFile: string
  readonly logFile: string
  readonly data: string
  readonly directory: string
  /** Absolute path of the socket it would serve at. */
  readonly socket: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Told of the process before it is waited for, so that it can be noted durably. */
  readonly onSpawn: (identity: ProcessIdentity) => Promise<void>
}

const POLL_MS = 100
/** While it starts it does not hear SIGTERM; what it works on is of no use any more. */
const KILL_AFTER_MS = 10_000

/**
 * Runs it to its end. Throws PROCESS when it ends with another exit code than 0 or by a signal, when
 * it serves, or takes too long; CANCELLED when the signal fires. Nothing runs after a throw.
 */
export const runApply = async (run: ApplyRun): Promise<void> => {
  const { mysqld, configFile, logFile, data, directory } = run
  const args = [
    `--defaults-file=${configFile}`,
    datadirArgument(data),
    `--clone_incremental_dir=${directory}`,
  ]
  const server = await startMysqldProcess({ mysqld, args, logFile })
  let exit: MysqldExit
  try {
    await run.onSpawn(server.identity)
    exit = await untilExit(server, run)
  } catch (error) {
    await end(server)
    throw error
  }
  if (exit.exitCode !== 0) throw await server.failure('mysqld could not apply the increment', exit)
}

const untilExit = async (server: MysqldProcess, run: ApplyRun): Promise<MysqldExit> => {
  const deadline = performance.now() + run.timeoutMs
  while (!server.hasExited()) {
    if (run.signal.aborted) throw new ClonectlError('CANCELLED', 'the apply was cancelled')
    if (await exists(run.socket))
      throw await server.failure('mysqld serves instead of applying the increment')
    if (performance.now() > deadline)
      throw await server.failure(`mysqld did not end within ${run.timeoutMs / 1000} s`)
    await Promise.race([delay(POLL_MS), server.exited])
  }
  return server.exited
}

const end = async (server: MysqldProcess): Promise<void> => {
  if (server.hasExited()) return
  server.signal('SIGTERM')
  const timer = new AbortController()
  const late = delay(KILL_AFTER_MS, undefined, { signal: timer.signal }).then(
    () => server.signal('SIGKILL'),
    // It ended in time.
    () => undefined,
  )
  await server.exited
  timer.abort()
  await late
}
