// Clones of the real server: they are the raw material of every backup. It makes one at a time.
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../../bed/instance.ts'
import { connect, runSql } from '../../bed/sql.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { readCloneTree, type CloneTree } from './clone-tree.ts'

export const interrupted = (): SqlError =>
  new SqlError(1317, '70100', 'Query execution was interrupted')

/** The real server's error as it came. */
const asSqlError = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') {
    return error
  }
  const state = 'sqlState' in error && typeof error.sqlState === 'string' ? error.sqlState : 'HY000'
  const text = 'sqlMessage' in error && typeof error.sqlMessage === 'string' ? error.sqlMessage : ''
  return new SqlError(error.errno, state, text)
}

/** A statement's path is a literal of its own: CLONE takes no expression. */
const pathLiteral = (path: string): string =>
  `'${path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const cloneInto = async (server: Instance, dir: string, signal: AbortSignal): Promise<void> => {
  const connection = await connect(server)
  try {
    const [[id = ''] = []] = await runSql(connection, 'SELECT CONNECTION_ID()')
    const kill = (): void => {
      // When it cannot be killed it ends by itself, and its error or its directory is dropped.
      server.sql(`KILL QUERY ${id}`).catch(() => undefined)
    }
    signal.addEventListener('abort', kill)
    try {
      await runSql(connection, `CLONE LOCAL DATA DIRECTORY = ${pathLiteral(dir)}`)
    } finally {
      signal.removeEventListener('abort', kill)
    }
  } finally {
    connection.destroy()
  }
}

export type MakeClone = (dir: string, signal: AbortSignal) => Promise<CloneTree>

/** Makes clones of a server one after another, however many are asked for at once. */
export const makeCloner = (server: Instance): MakeClone => {
  let last: Promise<unknown> = Promise.resolve()
  const once = async (dir: string, signal: AbortSignal): Promise<CloneTree> => {
    signal.throwIfAborted()
    try {
      await cloneInto(server, dir, signal)
    } catch (error) {
      await rm(dir, { recursive: true, force: true })
      signal.throwIfAborted()
      throw asSqlError(error)
    }
    return readCloneTree(dir)
  }
  const patiently: MakeClone = async (dir, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(dir, signal)
      } catch (error) {
        // Somebody clones the real server directly, or DDL has stopped the clone: not the client's doing.
        const passing = error instanceof SqlError && [3633, 3634].includes(error.errno)
        if (!passing || attempt === 20) throw error
        await sleep(100)
      }
    }
  }
  return (dir, signal) => {
    const mine = last.then(() => patiently(dir, signal))
    last = mine.catch(() => undefined)
    return mine
  }
}
