// Puts the binlogs of a replay on the stage: each proved, under the names of relay logs, owned by whoever
// mysqld runs as, and the last one cut where the target is. What is not in the files cannot be replayed.

import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from '../report/reporter.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { CHANNEL, RELAY_LOG } from './applier-channel.ts'
import type { ReplayLog } from './replay-log.ts'
import { lastEndIn, type ReplayRange } from './replay-range.ts'

export interface PlacedLog {
  readonly path: string
  readonly sizeBytes: number
}

export interface PlacedLogs {
  /** In their order; the last ends with the last transaction. */
  readonly logs: readonly PlacedLog[]
  readonly startPosition: number
}

export interface PlaceRequest {
  /** Is made. */
  readonly directory: string
  readonly range: ReplayRange
  readonly owner: Owner
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** Places the logs and the index that names them. Throws INTEGRITY for one that is not what was sealed. */
export const placeLogs = async (request: PlaceRequest): Promise<PlacedLogs> => {
  const { directory, range, owner, progress, signal } = request
  await mkdir(directory, { mode: 0o750 })
  await giveTo(owner, directory)
  const logs: PlacedLog[] = []
  for (const [index, log] of range.logs.entries()) {
    signal.throwIfAborted()
    const path = join(directory, relayLogName(index))
    await log.copyTo(path, signal)
    const end = await wantedEnd(log, index === range.logs.length - 1, range.endPosition)
    if (end !== undefined) await truncate(path, end)
    await giveTo(owner, path)
    logs.push({ path, sizeBytes: end ?? log.sizeBytes })
    progress.add(end ?? log.sizeBytes)
  }
  await placeIndex(directory, logs, owner)
  return { logs, startPosition: range.startPosition }
}

/** A binlog that its server had not finished ends with its last whole transaction. */
const wantedEnd = async (
  log: ReplayLog,
  isLast: boolean,
  endPosition: number,
): Promise<number | undefined> => {
  if (isLast) return endPosition
  return log.isOpen ? lastEndIn(log) : undefined
}

/** The server builds the names of a channel's logs so (sql/rpl_rli.cc add_channel_to_relay_log_name). */
const relayLogName = (index: number): string =>
  `${RELAY_LOG}-${CHANNEL}.${String(index + 1).padStart(6, '0')}`

const placeIndex = async (
  directory: string,
  logs: readonly PlacedLog[],
  owner: Owner,
): Promise<void> => {
  const path = join(directory, `${RELAY_LOG}-${CHANNEL}.index`)
  await writeFile(path, logs.map((log) => `${log.path}\n`).join(''), { mode: 0o640 })
  await giveTo(owner, path)
}
