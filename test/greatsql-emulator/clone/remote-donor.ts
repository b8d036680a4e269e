// A donor behind the network: another emulator, asked with statements that only emulators know.
// Both run on one machine, so the material itself is handed over as a path.
import { createConnection, type Connection } from 'mysql2/promise'
import { SqlError } from '../protocol/sql-error.ts'
import type { DonorAddress } from '../sql/clone-statement.ts'
import type { GreatSql } from '../server/greatsql.ts'
import type { CloneTree } from './clone-tree.ts'
import type { Donor, DonorRequest, PageCopy } from './donor.ts'
import { donorStatement, readMaterial } from './donor-wire.ts'
import { compareServers, type ServerProfile } from './server-profile.ts'

/** 3862 as the recipient says it (messages_to_clients.txt). */
export const donorError = (reason: string): SqlError =>
  new SqlError(3862, 'HY000', `Clone Donor Error: ${reason.slice(0, 512)}.`)

const errnoOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' && error.errno > 0
    ? error.errno
    : undefined

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return 'sqlMessage' in error && typeof error.sqlMessage === 'string'
    ? error.sqlMessage
    : error.message
}

const refused = (error: unknown, { host, port }: DonorAddress): SqlError => {
  const errno = errnoOf(error)
  if (errno !== undefined) return donorError(`Connect failed: ${errno} : ${messageOf(error)}`)
  const place = `'${host}:${port}'`
  return donorError(`Connect failed: 2003 : Can't connect to MySQL server on ${place} (111)`)
}

const open = async (address: DonorAddress): Promise<Connection> => {
  const { host, port, user, password, ssl } = address
  const options = {
    host,
    port,
    user,
    password,
    rowsAsArray: true,
    ...(ssl === 'disabled' ? {} : { ssl: { rejectUnauthorized: false } }),
  }
  try {
    return await createConnection(options)
  } catch (error) {
    const noTls =
      error instanceof Error && 'code' in error && error.code === 'HANDSHAKE_NO_SSL_SUPPORT'
    if (!noTls || ssl === 'required') throw refused(error, address)
    return createConnection({ host, port, user, password, rowsAsArray: true })
  }
}

/** Lets a promise be given up when the clone is interrupted. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = new Promise<never>((_, fail) => {
    const stop = (): void => {
      fail(new SqlError(1317, '70100', 'Query execution was interrupted'))
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  // It may fail when nobody waits any more.
  work.catch(() => undefined)
  return Promise.race([work, aborted])
}

export const makeRemoteDonor = (
  recipient: GreatSql,
  address: DonorAddress,
  request: DonorRequest,
): Donor => {
  let connection: Connection | undefined

  const ask = async (verb: 'BEGIN' | 'FILE COPY' | 'PAGE COPY'): Promise<unknown> => {
    if (connection === undefined) throw donorError('Connect failed: 2013 : Lost connection')
    try {
      const [rows] = await connection.query(donorStatement(verb, request))
      return readMaterial(rows)
    } catch (error) {
      throw donorError(`${errnoOf(error) ?? 2013} : ${messageOf(error)}`)
    }
  }
  return {
    begin: async () => {
      connection = await open(address)
      connection.on('error', () => undefined)
      await compareServers(recipient, (await ask('BEGIN')) as ServerProfile)
    },
    fileCopy: async (signal) => (await unlessAborted(ask('FILE COPY'), signal)) as CloneTree,
    pageCopy: async (signal) => (await unlessAborted(ask('PAGE COPY'), signal)) as PageCopy,
    // The donor ends its half when the connection ends.
    end: async () => connection?.destroy(),
  }
}
