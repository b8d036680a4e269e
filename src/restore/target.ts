// The states a restore can be asked for.

import { microsOfDate } from '../mysql/commit-time.ts'

/** A state that is reached by replaying binlogs on a backup. */
export type RecoveryTarget =
  /** Every transaction committed at or before this instant. */
  | {
      readonly kind: 'time'
      readonly time: Date
      /** What the instant has beyond the milliseconds of the Date: 0 to 999. */
      readonly micros?: number | undefined
    }
  /** Every transaction up to the last of these, which is included. */
  | { readonly kind: 'gtid'; readonly gtids: string }
  /** Every transaction before this one. */
  | { readonly kind: 'before-gtid'; readonly gtid: string }
  /** Everything before this position of a binlog, where a transaction ends. */
  | { readonly kind: 'position'; readonly file: string; readonly position: number }
  /** Everything there is. */
  | { readonly kind: 'end' }

export type RestoreTarget =
  /** A backup by id, unique beginning or word (`latest`, `latest-full`, `oldest`). */
  { readonly kind: 'backup'; readonly reference: string } | RecoveryTarget

/** Who runs the transactions of binlogs: the server's own applier threads, or its client programs. */
export type ReplayWay = 'applier' | 'mysqlbinlog'

export const isRecovery = (target: RestoreTarget): target is RecoveryTarget =>
  target.kind !== 'backup'

/** The target in words that go on after "up to": "2026-11-20T09:30:12.345Z". */
export const describeTarget = (target: RecoveryTarget): string => {
  if (target.kind === 'time') return timeText(target)
  if (target.kind === 'gtid') return `${target.gtids}, included`
  if (target.kind === 'before-gtid') return `just before ${target.gtid}`
  if (target.kind === 'position') return `${target.file}:${target.position}`
  return 'the end of the binlogs'
}

/** "the state at 2026-11-20T09:30:12.345Z", "the state up to …", "the state just before …" */
export const describeState = (target: RecoveryTarget): string => {
  if (target.kind === 'time') return `the state at ${timeText(target)}`
  if (target.kind === 'end') return 'the newest state, up to the end of the binlogs'
  const link = target.kind === 'before-gtid' ? '' : 'up to '
  return `the state ${link}${describeTarget(target)}`
}

/** The instant in UTC, with microseconds when it has any. */
export const timeText = ({ time, micros = 0 }: { time: Date; micros?: number | undefined }) =>
  micros === 0
    ? time.toISOString()
    : time.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)

/** The instant in microseconds since 1970, as the server writes the times of commits. */
export const microsOfTarget = ({ time, micros = 0 }: { time: Date; micros?: number | undefined }) =>
  microsOfDate(time) + BigInt(micros)

/** A target as it stands in documents: JSON values only. */
export const targetDocument = (target: RestoreTarget) =>
  target.kind === 'time' ? { kind: target.kind, time: timeText(target) } : target
