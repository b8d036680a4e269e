// Reads which state is asked for, and checks what is told apart only by its form.

import { ClonectlError } from '../errors.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import { gtidsOf, normaliseGtidSet } from '../mysql/gtid-set.ts'
import type { Reporter } from '../report/reporter.ts'
import { type RecoveryTarget, timeText } from '../restore/target.ts'
import { parseTargetTime } from './target-time.ts'

export interface TargetArguments {
  readonly latest: boolean
  readonly toTime: string | undefined
  readonly toGtid: string | undefined
  readonly beforeGtid: string | undefined
  readonly toPosition: string | undefined
  readonly skipGtid: string | undefined
}

/** Undefined when a backup itself is asked for. Throws USAGE. */
export const readRecoveryTarget = (
  args: TargetArguments,
  reporter: Reporter,
): RecoveryTarget | undefined => {
  const { latest, toTime, toGtid, beforeGtid, toPosition } = args
  if (toTime !== undefined) return timeTarget(toTime, reporter)
  if (toGtid !== undefined) return { kind: 'gtid', gtids: readGtids('to-gtid', toGtid) }
  if (beforeGtid !== undefined)
    return { kind: 'before-gtid', gtid: readOneGtid('before-gtid', beforeGtid) }
  if (toPosition !== undefined) return positionTarget(toPosition)
  return latest ? { kind: 'end' } : undefined
}

/** The option that asks for a state beyond a backup, as typed; undefined when none does. */
export const targetOptionOf = (args: TargetArguments): string | undefined => {
  if (args.latest) return '--latest'
  if (args.toTime !== undefined) return '--to-time'
  if (args.toGtid !== undefined) return '--to-gtid'
  if (args.beforeGtid !== undefined) return '--before-gtid'
  return args.toPosition === undefined ? undefined : '--to-position'
}

/** The transactions to leave out, in normal form. Throws USAGE. */
export const readSkipGtids = ({ skipGtid }: TargetArguments): string | undefined =>
  skipGtid === undefined ? undefined : readGtids('skip-gtid', skipGtid)

const timeTarget = (text: string, reporter: Reporter): RecoveryTarget => {
  const { time, micros, takenAs } = parseTargetTime(text)
  const target = { kind: 'time', time, ...(micros > 0 && { micros }) } as const
  if (takenAs !== undefined)
    reporter.warn(`--to-time ${text} is taken as ${takenAs}, ${timeText(target)}`)
  return target
}

/** GTIDs in normal form. Throws USAGE for none, and for what is not understood. */
export const readGtids = (option: string, text: string): string => {
  try {
    const gtids = normaliseGtidSet(text)
    if (gtids !== '') return gtids
  } catch (error) {
    if (!(error instanceof ClonectlError)) throw error
  }
  throw new ClonectlError('USAGE', `--${option} ${JSON.stringify(text)} is no GTID`, {
    hint: 'written as 3e11fa47-71ca-11e1-9e33-c80aa9429562:5; clonectl binlog find shows them',
    details: { option },
  })
}

const readOneGtid = (option: string, text: string): string => {
  const gtids = readGtids(option, text)
  const [first, second] = gtidsOf(gtids)
  if (first !== undefined && second === undefined) return first
  throw new ClonectlError('USAGE', `--${option} ${JSON.stringify(text)} names several GTIDs`, {
    hint: 'name the one transaction before which to stop',
    details: { option },
  })
}

const positionTarget = (text: string): RecoveryTarget => {
  const [, file = '', position = ''] = /^([^/]+):(\d{1,15})$/u.exec(text) ?? []
  if (parseBinlogName(file) !== undefined)
    return { kind: 'position', file, position: Number(position) }
  throw new ClonectlError('USAGE', `--to-position ${JSON.stringify(text)} is no position`, {
    hint: 'written as binlog.000012:4711, as SHOW BINARY LOG STATUS and clonectl binlog find tell it',
    details: { option: 'to-position' },
  })
}
