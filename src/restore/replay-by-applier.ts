// Replays with the server's own applier: several threads, no client and no SQL text between.

import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClonectlError } from '../errors.ts'
import type { Session } from '../mysql/session.ts'
import type { Progress } from '../report/reporter.ts'
import {
  type ApplierStatus,
  readApplierStatus,
  removeChannel,
  startApplier,
} from './applier-channel.ts'
import type { PlacedLogs } from './place-logs.ts'

/** How far the applier is, the server notes every 300 ms (replica_checkpoint_period). */
const POLL_MS = 100

export interface ApplierRun {
  readonly session: Session
  readonly placed: PlacedLogs
  readonly progress: Progress
  readonly signal: AbortSignal
}

/**
 * Applies everything in the logs, and returns when the last transaction is committed. Throws PROCESS when the
 * applier stops, SERVER, CANCELLED.
 */
export const replayByApplier = async ({
  session,
  placed,
  progress,
  signal,
}: ApplierRun): Promise<void> => {
  const applied = newAppliedBytes(placed)
  let before = 0
  await startApplier(session, placed)
  for (;;) {
    signal.throwIfAborted()
    const status = await readApplierStatus(session)
    const bytes = applied.bytesAt(status)
    progress.add(bytes - before)
    before = bytes
    if (applied.isAll(bytes)) break
    requireRunning(status)
    await sleep(POLL_MS)
  }
  await removeChannel(session)
}

/** Positions in several logs as one number of bytes. */
const newAppliedBytes = ({ logs, startPosition }: PlacedLogs) => {
  const names = logs.map(({ path }) => basename(path))
  const before = logs.map((_, index) =>
    logs.slice(0, index).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  )
  const total = logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - startPosition
  return {
    bytesAt({ file, position }: ApplierStatus): number {
      const index = names.indexOf(file)
      // Behind them the server makes a log of its own, in which nothing is.
      return index < 0 ? total : Math.max(0, (before[index] ?? 0) + position - startPosition)
    },
    isAll: (bytes: number): boolean => bytes >= total,
  }
}

const requireRunning = ({ isRunning, error, file, position }: ApplierStatus): void => {
  if (isRunning && error === undefined) return
  throw new ClonectlError(
    'PROCESS',
    `the applier stopped at ${file}:${position}: ${error ?? 'it does not say why'}`,
    {
      hint: 'the log of the private mysqld says more; --replay mysqlbinlog is the other way; --skip-gtid leaves a transaction out',
      details: { file, position },
    },
  )
}
