// Replays with the server's own applier: several threads, no client and no SQL text between.

import { setTimeout as sleep } from 'node:timers/promises'
import { ClonectlError } from '../../errors.ts'
import type { Session } from '../../mysql/session.ts'
import type { Progress } from '../../report/reporter.ts'
import type { Owner } from '../../system/owner.ts'
import {
  type ApplierStatus,
  readApplierStatus,
  removeChannel,
  startApplier,
} from './applier-channel.ts'
import { armRelayLogs } from './arm-relay-logs.ts'
import { type LogStretch, placedName, stretchBytes } from './log-stretch.ts'

/** How far the applier is, the server notes every 300 ms (replica_checkpoint_period). */
const POLL_MS = 100

export interface ApplierRun {
  readonly session: Session
  readonly stretch: LogStretch
  /** Whom mysqld runs as. */
  readonly owner: Owner
  readonly progress: Progress
  readonly signal: AbortSignal
}

/**
 * Applies the stretch, and returns when its last transaction is committed. Throws PROCESS when the applier
 * stops, SERVER, CANCELLED.
 */
export const replayByApplier = async (run: ApplierRun): Promise<void> => {
  const { session, stretch, owner, progress, signal } = run
  const names = await armRelayLogs(stretch, owner)
  const total = stretchBytes(stretch)
  let before = 0
  await startApplier(session, names[0] ?? '', stretch.startPosition)
  for (;;) {
    signal.throwIfAborted()
    const status = await readApplierStatus(session)
    const applied = appliedBytes(stretch, names, status)
    progress.add(applied - before)
    before = applied
    if (applied >= total) break
    const log = stretch.logs[names.indexOf(status.file)]
    requireRunning(status, log === undefined ? status.file : placedName(log))
    await sleep(POLL_MS)
  }
  await removeChannel(session)
}

/** Positions in several logs as one number of bytes. */
const appliedBytes = (
  stretch: LogStretch,
  names: readonly string[],
  { file, position }: ApplierStatus,
): number => {
  const index = names.indexOf(file)
  // Behind them the server makes a log of its own, in which nothing is.
  if (index < 0) return stretchBytes(stretch)
  const logs = stretch.logs.slice(0, index + 1)
  return Math.max(0, stretchBytes({ ...stretch, logs, endPosition: position }))
}

const requireRunning = ({ isRunning, error, position }: ApplierStatus, file: string): void => {
  if (isRunning && error === undefined) return
  throw new ClonectlError(
    'PROCESS',
    `the applier stopped at ${file}:${position}: ${error ?? 'it does not say why'}`,
    {
      hint: 'the log of the private mysqld says more; --skip-gtid leaves a transaction out',
      details: { file, position },
    },
  )
}
