// Puts the binlogs of a replay on the stage: each proved, owned by whoever mysqld runs as, and the last one
// cut where the target is. What is not in the files cannot be replayed.

import { mkdir, truncate } from 'node:fs/promises'
import type { Progress } from '../../report/reporter.ts'
import { giveTo, type Owner } from '../../system/owner.ts'
import { type LogStretch, type PlacedLog, placedPath } from './log-stretch.ts'
import type { ReplayLog } from './replay-log.ts'
import { lastEndIn, type ReplayRange } from './replay-range.ts'

export interface PlaceRequest {
  /** Is made. */
  readonly directory: string
  readonly range: ReplayRange
  readonly owner: Owner
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** Places the logs. Throws INTEGRITY for one that is not what was sealed. */
export const placeLogs = async (request: PlaceRequest): Promise<LogStretch> => {
  const { directory, range, owner, progress, signal } = request
  await mkdir(directory, { mode: 0o750 })
  await giveTo(owner, directory)
  const logs: PlacedLog[] = []
  for (const [index, log] of range.logs.entries()) {
    signal.throwIfAborted()
    const end = await wantedEnd(range, index, log)
    // A binlog that its server had just begun.
    if (end === 0) continue
    const path = placedPath(directory, index, log.name)
    await log.copyTo(path, signal)
    if (end !== undefined) await truncate(path, end)
    await giveTo(owner, path)
    logs.push({ path, sizeBytes: end ?? log.sizeBytes })
    progress.add(end ?? log.sizeBytes)
  }
  const { startPosition, endPosition } = range
  return { logs, startPosition, endPosition }
}

/** Undefined for all of it. A binlog that its server had not finished ends with its last whole transaction. */
const wantedEnd = async (
  { logs, startPosition, endPosition }: ReplayRange,
  index: number,
  log: ReplayLog,
): Promise<number | undefined> => {
  if (index === logs.length - 1) return endPosition
  if (!log.isOpen) return undefined
  const lastEnd = await lastEndIn(log)
  return index === 0 ? Math.max(lastEnd, startPosition) : lastEnd
}
