// The server that binlogs are pulled from, asked for what mysqlbinlog does not tell.

import { ClonectlError } from '../errors.ts'
import { addressOf, type ConnectionOptions } from '../mysql/connection-options.ts'
import { hasPrivilege, readPrivileges } from '../mysql/privileges.ts'
import { listServerBinlogs, type ServerBinlog } from '../mysql/server-binlogs.ts'
import { readServerClock } from '../mysql/server-clock.ts'
import { readIdentity } from '../mysql/server-identity.ts'
import { openSession, type Session } from '../mysql/session.ts'
import type { Seen } from './seen-file.ts'

export interface PullSource extends AsyncDisposable {
  readonly serverUuid: string
  readonly version: string
  readonly connection: ConnectionOptions
  /**
   * What time it is there, and where its newest binlog ends. Everything committed by then stands before that
   * end: the server lists binlogs under the lock under which it times and writes commits (LOCK_log). Throws SERVER.
   */
  look(): Promise<Seen | undefined>
  /** Its binlogs in their order, at least one; the last is being written to. Throws SERVER. */
  list(): Promise<readonly ServerBinlog[]>
}

/** A list is short; a server that takes longer is not there any more, and TCP has not noticed. */
const ANSWER_MS = 60_000

/**
 * Connects. Throws SERVER; PREFLIGHT when the account may not read binlogs or the server writes none.
 */
export const openPullSource = async (connection: ConnectionOptions): Promise<PullSource> => {
  const session = await openSession(connection)
  try {
    const { serverUuid, version } = await readIdentity(session)
    await requireBinlogs(session)
    return {
      serverUuid,
      version,
      connection,
      look: () => inTime(lookAt(session), connection),
      list: () => inTime(listServerBinlogs(session), connection),
      [Symbol.asyncDispose]: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

const lookAt = async (session: Session): Promise<Seen | undefined> => {
  const at = await readServerClock(session)
  const newest = (await listServerBinlogs(session)).at(-1)
  return newest && { at, name: newest.name, sizeBytes: newest.sizeBytes }
}

/** Throws PREFLIGHT when the account may not read binlogs, or there are none. */
export const requireBinlogs = async (session: Session): Promise<void> => {
  const privileges = await readPrivileges(session)
  const missing = ['REPLICATION SLAVE', 'REPLICATION CLIENT'].filter(
    (name) => !hasPrivilege(privileges, name),
  )
  if (missing.length > 0)
    throw new ClonectlError('PREFLIGHT', `the account lacks ${missing.join(' and ')}`, {
      hint: 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the account',
      details: { missing },
    })
  if ((await session.value('SELECT @@GLOBAL.log_bin')) === '1') return
  throw new ClonectlError('PREFLIGHT', 'the server writes no binlogs (log_bin is OFF)', {
    hint: 'remove skip-log-bin or disable-log-bin from its option file and restart it',
  })
}

const inTime = async <Answer>(
  answer: Promise<Answer>,
  connection: ConnectionOptions,
): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new ClonectlError(
          'SERVER',
          `${addressOf(connection)} has not answered for ${ANSWER_MS / 1000} s`,
          { hint: 'check the network and the server', details: { driverCode: 'ETIMEDOUT' } },
        ),
      )
    }, ANSWER_MS)
  })
  try {
    return await Promise.race([answer, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
