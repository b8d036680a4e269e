import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { killClone, runClone } from '../../../src/clone/watch-clone.ts'
import type { CloneContext } from '../../../src/clone/context.ts'
import { ClonectlError } from '../../../src/errors.ts'
import type { Row, Session } from '../../../src/mysql/session.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const sessionThat = (query: (sql: string) => Promise<readonly Row[]>): Session => ({
  connectionId: 41,
  query,
  value: async () => null,
  close: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
})

/** A statement that ends when the test says so. */
const newStatement = () => {
  let resolve: (rows: readonly Row[]) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<readonly Row[]>((onEnd, onFailure) => {
    resolve = onEnd
    reject = onFailure
  })
  return { promise, resolve, reject }
}

/** A donor whose CLONE lasts until the test or a KILL ends it, and the run that watches it. */
const begin = (watching: () => Promise<readonly Row[]> = async () => []) => {
  const clone = newStatement()
  const cancel = new AbortController()
  const reporter = recordingReporter()
  const statements: string[] = []
  const control = sessionThat(async (sql) => {
    statements.push(sql)
    if (!sql.startsWith('KILL')) return watching()
    clone.reject(new ClonectlError('SERVER', 'Query execution was interrupted'))
    return []
  })
  const openSession = vi.fn(async () => control)
  const context: CloneContext = {
    session: sessionThat(() => clone.promise),
    openSession,
    repository: '/repo',
    reporter,
    clock: { now: () => new Date() },
    signal: cancel.signal,
    command: 'full',
    clonectlVersion: '0.1.0',
    findTool: async (name) => name,
  }
  const run = runClone(context, 'CLONE LOCAL …')
  const ended = run.then(
    () => 'done',
    (error: unknown) => error,
  )
  return { clone, cancel, reporter, statements, openSession, ended }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)
const refused = new ClonectlError('SERVER', 'Too many connections')

describe('a clone that is watched', () => {
  it('opens no session of its own when the clone is over within a second', async () => {
    const { clone, ended, openSession } = begin()
    await seconds(0.9)
    clone.resolve([])
    expect(await ended).toBe('done')
    expect(openSession).not.toHaveBeenCalled()
  })

  it('shows how far it is, and ends the stage with it', async () => {
    const looks = [
      { estimate: '1000', data: '100' },
      { estimate: '1000', data: '400' },
      { estimate: '1200', data: '1100' },
    ]
    const { clone, ended, reporter } = begin(async () => [looks.shift() ?? { data: '1200' }])
    await seconds(3.5)
    expect(reporter.stages).toEqual([{ label: 'clone', total: 1200, done: 1100, ended: false }])
    clone.resolve([])
    expect(await ended).toBe('done')
    expect(reporter.stages).toMatchObject([{ ended: true }])
    expect(reporter.lines).toEqual([])
  })

  it('fails with what the server says', async () => {
    const { clone, ended } = begin()
    clone.reject(refused)
    expect(await ended).toBe(refused)
  })

  it('goes on when it cannot be watched, and warns of that', async () => {
    const { clone, ended, openSession, reporter } = begin()
    openSession.mockRejectedValueOnce(refused)
    await seconds(10)
    expect(reporter.lines).toEqual(['warn: cannot see how far the clone is: Too many connections'])
    clone.resolve([])
    expect(await ended).toBe('done')
  })

  it('goes on when a look at its progress fails', async () => {
    const { clone, ended, reporter } = begin(() => Promise.reject(refused))
    await seconds(2)
    clone.resolve([])
    expect(await ended).toBe('done')
    expect(reporter.lines).toHaveLength(1)
    expect(reporter.stages).toMatchObject([{ ended: true }])
  })
})

describe('a clone that is cancelled', () => {
  const reason = new ClonectlError('CANCELLED', 'cancelled by SIGINT')

  it.each([0.2, 3.2])('is killed at once after %f s', async (after) => {
    const { cancel, ended, statements } = begin()
    await seconds(after)
    cancel.abort(reason)
    expect(await ended).toBe(reason)
    expect(statements.filter((sql) => sql.startsWith('KILL'))).toEqual(['KILL QUERY 41'])
  })

  it('is waited for, and killed again while it goes on', async () => {
    const { cancel, clone, ended, openSession, reporter } = begin()
    openSession.mockRejectedValue(refused)
    cancel.abort(reason)
    await seconds(2.5)
    expect(openSession).toHaveBeenCalledTimes(3)
    expect(reporter.lines).toEqual([
      'warn: cannot end the clone, waiting for it: Too many connections',
    ])
    clone.resolve([])
    expect(await ended).toBe(reason)
  })

  it('is not killed when it ended just before', async () => {
    const { cancel, clone, ended, openSession } = begin()
    clone.resolve([])
    await seconds(0)
    cancel.abort(reason)
    expect(await ended).toBe('done')
    expect(openSession).not.toHaveBeenCalled()
  })
})

describe('killClone', () => {
  const failing = (errno: number) =>
    sessionThat(() => Promise.reject(new ClonectlError('SERVER', 'no', { details: { errno } })))

  it('takes a session that has gone for a clone that has ended', async () => {
    await expect(killClone(failing(1094), 41)).resolves.toBeUndefined()
  })

  it('fails when the server refuses', async () => {
    await expect(killClone(failing(1095), 41)).rejects.toMatchObject({ code: 'SERVER' })
  })
})
