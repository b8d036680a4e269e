// Runs a CLONE statement, which may take hours: shows how far it is, and kills it on the server
// when the user cancels. A client that merely goes away does not stop a clone.

import { ClonectlError } from '../errors.ts'
import type { Session } from '../mysql/session.ts'
import type { Progress } from '../report/reporter.ts'
import type { CloneContext } from './context.ts'

/** Time between two looks at the progress, and before the first. */
const LOOK_INTERVAL_MS = 1000

const PROGRESS_SQL = `SELECT COALESCE(SUM(ESTIMATE), 0) AS estimate, COALESCE(SUM(DATA), 0) AS data
  FROM performance_schema.clone_progress`

/**
 * Runs the statement and returns when it has ended, not before: the directory may be removed then.
 * Throws CANCELLED when the signal was raised, else SERVER.
 */
export const runClone = async (context: CloneContext, statement: string): Promise<void> => {
  const running = context.session.query(statement)
  const settled = running.then(
    () => undefined,
    () => undefined,
  )
  await Promise.all([settled, watch(context, settled), killWhenCancelled(context, settled)])
  context.signal.throwIfAborted()
  await running
}

/** Opens its own session only for a clone that lasts. A clone that cannot be watched goes on all the same. */
const watch = async (context: CloneContext, settled: Promise<void>): Promise<void> => {
  const ended = await endsWithin(settled, LOOK_INTERVAL_MS, context.signal)
  if (ended || context.signal.aborted) return
  try {
    await showProgress(context, settled)
  } catch (error) {
    context.reporter.warn(`cannot see how far the clone is: ${messageOf(error)}`)
  }
}

const showProgress = async (context: CloneContext, settled: Promise<void>): Promise<void> => {
  const { signal } = context
  await using control = await context.openSession()
  const progress = context.reporter.progress('clone')
  try {
    let shown = 0
    do shown = await look(control, progress, shown)
    while (!(await endsWithin(settled, LOOK_INTERVAL_MS, signal)) && !signal.aborted)
  } finally {
    progress.end()
  }
}

const look = async (control: Session, progress: Progress, shown: number): Promise<number> => {
  const [row] = await control.query(PROGRESS_SQL)
  progress.setTotal(Number(row?.['estimate'] ?? 0))
  const done = Number(row?.['data'] ?? 0)
  progress.add(done - shown)
  return done
}

/** Again and again: a KILL that comes before the statement has begun does nothing. */
const killWhenCancelled = async (context: CloneContext, settled: Promise<void>): Promise<void> => {
  let ended = await endsWithin(settled, Infinity, context.signal)
  for (let told = false; !ended; ended = await endsWithin(settled, LOOK_INTERVAL_MS)) {
    try {
      await using control = await context.openSession()
      await killClone(control, context.session.connectionId)
    } catch (error) {
      if (!told) context.reporter.warn(`cannot end the clone, waiting for it: ${messageOf(error)}`)
      told = true
    }
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** True when the promise settles in time; false when the time is over or the signal is raised. */
const endsWithin = async (
  settled: Promise<void>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  if (signal?.aborted) return false
  let stop: (() => void) | undefined
  const over = new Promise<boolean>((resolve) => {
    const end = (): void => {
      resolve(false)
    }
    const timer = Number.isFinite(milliseconds) ? setTimeout(end, milliseconds) : undefined
    signal?.addEventListener('abort', end, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    }
  })
  try {
    return await Promise.race([settled.then(() => true), over])
  } finally {
    stop?.()
  }
}

/** Ends a clone by the id of the session that runs it; one that has just ended is no failure. */
export const killClone = async (control: Session, connectionId: number): Promise<void> => {
  try {
    await control.query(`KILL QUERY ${connectionId}`)
  } catch (error) {
    const unknownThread = 1094
    const gone = error instanceof ClonectlError && error.details['errno'] === unknownThread
    if (!gone) throw error
  }
}
