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

/** Runs the statement to its end. Throws CANCELLED when the signal was raised, else SERVER. */
export const runClone = async (context: CloneContext, statement: string): Promise<void> => {
  const running = context.session.query(statement)
  const settled = running.then(
    () => undefined,
    () => undefined,
  )
  await Promise.all([settled, watch(context, settled)])
  context.signal.throwIfAborted()
  await running
}

/** Opens its own session only for a clone that lasts, or to kill it. */
const watch = async (context: CloneContext, settled: Promise<void>): Promise<void> => {
  if (await endsWithin(settled, LOOK_INTERVAL_MS, context.signal)) return
  await using control = await context.openSession()
  const progress = context.reporter.progress('clone')
  try {
    let shown = 0
    do {
      if (context.signal.aborted) {
        await killClone(control, context.session.connectionId)
        return
      }
      shown = await showProgress(control, progress, shown)
    } while (!(await endsWithin(settled, LOOK_INTERVAL_MS, context.signal)))
  } finally {
    progress.end()
  }
}

/** True when the promise settles in time; false when the time or the user's patience is over. */
const endsWithin = async (
  settled: Promise<void>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> => {
  if (signal.aborted) return false
  let stop: (() => void) | undefined
  const over = new Promise<boolean>((resolve) => {
    const end = (): void => {
      resolve(false)
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
    }
  })
  try {
    return await Promise.race([settled.then(() => true), over])
  } finally {
    stop?.()
  }
}

const showProgress = async (
  control: Session,
  progress: Progress,
  shown: number,
): Promise<number> => {
  const [row] = await control.query(PROGRESS_SQL)
  progress.setTotal(Number(row?.['estimate'] ?? 0))
  const done = Number(row?.['data'] ?? 0)
  progress.add(done - shown)
  return done
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
