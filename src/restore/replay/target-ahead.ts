// Whether a target lies ahead of a state: a replay goes forward only.

import { ClonectlError } from '../../errors.ts'
import { byBinlogName } from '../../mysql/binlog-name.ts'
import { gtidSetIntersects, gtidSetSubtract } from '../../mysql/gtid-set.ts'
import type { HeldState } from './same-history.ts'
import { describeTarget, type RecoveryTarget } from '../target.ts'

/** Whether the state goes further than the target. A time is not judged: binlogs tell no time of a state. */
export const isBehind = (target: RecoveryTarget, state: HeldState): boolean => {
  const { file, position, gtidExecuted } = state
  if (target.kind === 'gtid') return gtidSetSubtract(target.gtids, gtidExecuted) === ''
  if (target.kind === 'before-gtid') return gtidSetIntersects(target.gtid, gtidExecuted)
  if (target.kind !== 'position') return false
  const order = byBinlogName(target.file, file)
  return order < 0 || (order === 0 && target.position < position)
}

/** Throws TARGET_UNREACHABLE. */
export const requireAhead = (target: RecoveryTarget, state: HeldState): void => {
  if (!isBehind(target, state)) return
  throw new ClonectlError(
    'TARGET_UNREACHABLE',
    `the backup ends at ${state.file}:${state.position}, behind the target (${describeTarget(target)})`,
    {
      hint: 'only an older backup can be brought forward to it: clonectl chain show',
      details: { file: state.file, position: state.position, gtidExecuted: state.gtidExecuted },
    },
  )
}
