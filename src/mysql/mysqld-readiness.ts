// Whether a mysqld that was started answers yet: found out by connecting, never from log lines,
// which change with version and language.
import { setTimeout as delay } from 'node:timers/promises'
import { ClonectlError } from '../errors.ts'
import type { MysqldProcess } from './mysqld-process.ts'
import { serverErrno } from './server-errno.ts'
import { openSession, type Session } from './session.ts'

/** Where a mysqld of clonectl's own is asked whether it answers, and as whom. */
export interface LocalAccount {
  readonly socket: string
  /** root without it. */
  readonly user?: string | undefined
  readonly password?: string | undefined
}

export interface Patience {
  readonly signal?: AbortSignal | undefined
  readonly startTimeoutMs?: number | undefined
}

const defaultStartTimeoutMs = 600_000

/** Opens a session of the account. Throws SERVER. */
export const openLocalSession = (account: LocalAccount): Promise<Session> =>
  openSession({ socket: account.socket, user: account.user ?? 'root', password: account.password })

/** ER_ACCESS_DENIED_ERROR and its kin: there is a server, which does not let this account in. */
const refusals: ReadonlySet<number | undefined> = new Set([1045, 1130, 1698, 1862, 3118])

const answers = async (account: LocalAccount): Promise<boolean> => {
  try {
    await using session = await openLocalSession(account)
    return (await session.value('SELECT 1')) === '1'
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'SERVER') throw error
    // Not there yet, or still starting: the caller asks again until its patience ends.
    return refusals.has(serverErrno(error))
  }
}

/**
 * Throws CONFIG when a server answers already: it would be taken for the one that is started.
 */
export const requireFreeSocket = async (account: LocalAccount): Promise<void> => {
  if (!(await answers(account))) return
  throw new ClonectlError('CONFIG', `a server already answers at ${account.socket}`, {
    hint: 'Stop it, or use another socket.',
    details: { socket: account.socket },
  })
}

const pollMs = 50

/**
 * Waits for an answer, for an early end, or for the time to pass, whichever comes first. Throws
 * PROCESS or CANCELLED; the process may still run then.
 */
export const untilReady = async (
  server: MysqldProcess,
  options: LocalAccount & Patience,
): Promise<void> => {
  const { signal, startTimeoutMs = defaultStartTimeoutMs } = options
  const deadline = performance.now() + startTimeoutMs
  while (!(await answers(options))) {
    if (server.hasExited())
      throw await server.failure('mysqld ended before it answered', await server.exited)
    if (signal?.aborted) throw new ClonectlError('CANCELLED', 'the start of mysqld was cancelled')
    if (performance.now() > deadline)
      throw await server.failure(`mysqld did not answer within ${startTimeoutMs / 1000} s`)
    await Promise.race([delay(pollMs), server.exited])
  }
}
