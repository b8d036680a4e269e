// What `binlog pull` answers: what was archived, and how far the archive reaches.

import { describeGap } from '../../binlog/binlog-gap.ts'
import type { PullOutcome } from '../../binlog/pull-request.ts'
import { formatMicros } from '../../mysql/commit-time.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'

/** The outcome as a document and as text. `durationMs` is the whole run's. */
export const pullResult = (outcome: PullOutcome, durationMs: number): CommandResult => ({
  document: documentOf(outcome, durationMs),
  text: linesOf(outcome, durationMs)
    .map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`)
    .join(''),
})

/** The last commit that the archive holds, in RFC 3339; null when it holds none. */
export const reachOf = ({ reachMicros }: PullOutcome): string | null =>
  reachMicros === null ? null : formatMicros(BigInt(reachMicros))

const documentOf = (outcome: PullOutcome, durationMs: number) => {
  const { serverUuid, serverVersion, directory, sealed, tail, gaps, setAside, reconnects } = outcome
  return {
    serverUuid,
    serverVersion,
    directory,
    sealed,
    tail,
    reach: reachOf(outcome),
    gaps,
    setAside,
    reconnects,
    durationMs: Math.round(durationMs),
  }
}

const linesOf = (
  outcome: PullOutcome,
  durationMs: number,
): readonly (readonly [string, string])[] => {
  const { serverUuid, directory, tail, gaps, setAside } = outcome
  return [
    ['server', serverUuid],
    ['archived', archivedText(outcome)],
    ...(tail === null ? [] : [['open', `${tail.name}, ${formatBytes(tail.sizeBytes)}`] as const]),
    ['reaches', reachOf(outcome) ?? 'nothing'],
    ...gaps.map((gap) => ['gap', describeGap(gap)] as const),
    ...(setAside === null ? [] : [['set aside', setAside] as const]),
    ['directory', directory],
    ['took', formatDuration(durationMs)],
  ]
}

const archivedText = ({ sealed }: PullOutcome): string => {
  const { files, sizeBytes, storedBytes, first, last } = sealed
  if (first === null || last === null) return 'no binlog was closed since'
  const names = files === 1 ? first : `${first} to ${last}`
  const stored = storedBytes === sizeBytes ? '' : `, stored in ${formatBytes(storedBytes)}`
  return `${names}: ${formatBytes(sizeBytes)}${stored}`
}
