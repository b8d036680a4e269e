// What is remembered of a verification: the run, and for each file when it was last read.

import { lastReads } from './choose-sample.ts'
import type { Reads, Verified, VerifiedRun } from './verified-file.ts'

export interface Remembered {
  /** UTC. */
  readonly at: string
  readonly deep: boolean
  /** Files that were read and found right. */
  readonly sound: readonly string[]
  /** Files that are missing or were found wrong. */
  readonly faulty: readonly string[]
  /** Every file of the manifest. */
  readonly listed: readonly string[]
  /** Null when the run did not come to its end: what it read still counts. */
  readonly run: VerifiedRun | null
}

/** Adds a run to what was known before. */
export const rememberReads = (before: Verified, now: Remembered): Verified => {
  const { at, deep, run } = now
  const faulty = new Set(now.faulty)
  const sound = new Set(now.sound.filter((path) => !faulty.has(path)))
  const listed = new Set(now.listed)
  const isKept = (path: string, wasDeep: boolean): boolean =>
    listed.has(path) && !faulty.has(path) && !(sound.has(path) && (deep || !wasDeep))
  const kept = before.reads
    .map((reads) => ({ ...reads, files: reads.files.filter((path) => isKept(path, reads.deep)) }))
    .filter(({ files }) => files.length > 0)
  const reads = sound.size === 0 ? kept : [...kept, { at, deep, files: [...sound].sort() }]
  const stillFaulty = before.faulty.filter((path) => listed.has(path) && !sound.has(path))
  return {
    last: run ?? before.last,
    completeSince: completeSince(reads, now.listed),
    reads,
    faulty: [...new Set([...stillFaulty, ...faulty])].sort(),
  }
}

const completeSince = (reads: readonly Reads[], listed: readonly string[]): string | null => {
  const latest = lastReads({ reads }, false)
  let oldest: string | null = null
  for (const path of listed) {
    const at = latest.get(path)
    if (at === undefined) return null
    if (oldest === null || at < oldest) oldest = at
  }
  return oldest
}
