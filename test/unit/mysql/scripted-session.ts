// A session that answers from a list: the statements must come as written, in that order.
import { expect } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import type { Row, Session } from '../../../src/mysql/session.ts'

export interface Exchange {
  /** What the statement must match. */
  readonly sql: RegExp
  readonly rows?: readonly Row[]
  /** A MySQL error number to fail with. */
  readonly errno?: number
}

export interface ScriptedSession extends Session {
  /** Fails when statements of the list were not asked for. */
  expectDone(): void
}

export const scriptedSession = (...exchanges: readonly Exchange[]): ScriptedSession => {
  const left = [...exchanges]
  const query = async (sql: string): Promise<readonly Row[]> => {
    const next = left.shift()
    expect(next, `no statement was expected, got: ${sql}`).toBeDefined()
    expect(sql).toMatch(next!.sql)
    if (next!.errno !== undefined)
      throw new ClonectlError('SERVER', 'scripted', { details: { errno: next!.errno } })
    return next!.rows ?? []
  }
  return {
    connectionId: 7,
    query,
    value: async (sql) => Object.values((await query(sql))[0] ?? {})[0] ?? null,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
    expectDone: () => expect(left).toEqual([]),
  }
}
