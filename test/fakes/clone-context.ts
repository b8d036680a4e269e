// A backup run's surroundings: a donor that answers what the test says, and a clock that moves on.

import type { CloneContext } from '../../src/clone/context.ts'
import { ClonectlError } from '../../src/errors.ts'
import type { Row, Session } from '../../src/mysql/session.ts'
import { type RecordingReporter, recordingReporter } from './recording-reporter.ts'

/** A session that answers every statement by this function. */
export const sessionThat = (
  answer: (sql: string) => readonly Row[] | Promise<readonly Row[]>,
): Session => {
  const query = async (sql: string): Promise<readonly Row[]> => answer(sql)
  return {
    connectionId: 41,
    query,
    value: async (sql) => Object.values((await query(sql))[0] ?? {})[0] ?? null,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

export interface FakeCloneContext extends CloneContext {
  readonly reporter: RecordingReporter
}

export const cloneContext = (changes: Partial<CloneContext> = {}): FakeCloneContext => {
  let milliseconds = Date.UTC(2026, 10, 20, 9, 30, 12, 345)
  const session = sessionThat(() => [])
  return {
    session,
    openSession: async () => session,
    repository: '/repo',
    clock: { now: () => new Date(milliseconds++) },
    signal: new AbortController().signal,
    command: 'clonectl full',
    clonectlVersion: '0.1.0',
    findTool: async (name) => {
      throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
    },
    ...changes,
    reporter: recordingReporter(),
  }
}
