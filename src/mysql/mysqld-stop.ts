// How a mysqld of clonectl's own is stopped: asked by SQL, then by SIGTERM, and waited for.
import { setTimeout as delay } from 'node:timers/promises'
import type { MysqldProcess } from './mysqld-process.ts'
import { openLocalSession, type LocalAccount } from './mysqld-readiness.ts'

export interface StopOptions extends LocalAccount {
  /** How long each way of stopping may take; 10 minutes without it. */
  readonly stopTimeoutMs?: number | undefined
}

const defaultStopTimeoutMs = 600_000

const exitsWithin = async (server: MysqldProcess, limitMs: number): Promise<boolean> => {
  const timer = new AbortController()
  const timeout = delay(limitMs, false, { signal: timer.signal })
  try {
    return await Promise.race([server.exited.then(() => true), timeout])
  } finally {
    timer.abort()
    // Aborting rejects the timeout; nobody needs to hear of it.
    timeout.catch(() => undefined)
  }
}

const shutDown = async (account: LocalAccount): Promise<boolean> => {
  try {
    await using session = await openLocalSession(account)
    await session.query('SHUTDOWN')
    return true
  } catch {
    // It may not let the account in, or be on its way down already: SIGTERM does the same.
    return false
  }
}

const stopInOrder = async (server: MysqldProcess, options: StopOptions): Promise<void> => {
  const limitMs = options.stopTimeoutMs ?? defaultStopTimeoutMs
  if (server.hasExited()) return
  const asked = await shutDown(options)
  if (asked && (await exitsWithin(server, limitMs))) return
  server.signal('SIGTERM')
  if (await exitsWithin(server, limitMs)) return
  throw await server.failure(`mysqld (pid ${server.pid}) did not stop within ${limitMs / 1000} s`)
}

/**
 * Stops it and waits until it is gone; nothing happens when it is gone already. Throws PROCESS when
 * it ends with another exit code than 0, or not within the time. It is never killed.
 */
export const stopMysqld = async (server: MysqldProcess, options: StopOptions): Promise<void> => {
  await stopInOrder(server, options)
  const exit = await server.exited
  if (exit.exitCode !== 0) throw await server.failure('mysqld ended badly', exit)
}

/** After a failed start: what has been started is stopped before the failure is told. */
export const abandonMysqld = async (server: MysqldProcess, options: StopOptions): Promise<void> => {
  if (server.hasExited()) return
  server.signal('SIGTERM')
  await exitsWithin(server, options.stopTimeoutMs ?? defaultStopTimeoutMs)
}
