// What a pull tells at its end: how far the archive reaches now.

import { readOpenBinlogs } from './open-binlogs.ts'
import type { OutcomeFacts, Pulling } from './pulling.ts'
import type { PullOutcome } from './pull-request.ts'
import { requireContinuation } from './seal-binlog.ts'

/** Throws BINLOG_GAP when the open binlog was not written after the sealed ones. */
export const outcomeOf = async (
  { archive, source, tally }: Pulling,
  facts: OutcomeFacts,
): Promise<PullOutcome> => {
  const { directory } = archive.paths
  const last = archive.last()
  const { binlogs: tails } = await readOpenBinlogs(directory)
  const [next] = tails
  if (next !== undefined) tally.noteGap(requireContinuation(last, next.facts))
  const tail = tails.at(-1)?.facts
  return {
    serverUuid: source.serverUuid,
    serverVersion: source.version,
    directory,
    sealed: tally.sealed(),
    tail: tail === undefined ? null : { name: tail.name, sizeBytes: tail.sizeBytes },
    gaps: tally.gaps(),
    reachMicros: tail?.lastTimeMicros ?? last?.lastTimeMicros ?? null,
    ...facts,
  }
}
