// Chains by proof: whether one increment may be applied on one base. The server checks none of
// this when it applies (GreatSQL clone0apply.cc compares no LSN), so a wrong link loses data silently.

import type { Backup } from './backup.ts'
import type { Problem } from './problem.ts'

/** What forbids applying `increment` on a state whose newest backup is `base`; empty when nothing does. */
export const linkProblems = (increment: Backup, base: Backup): readonly Problem[] => {
  const problems: Problem[] = []
  if (increment.serverUuid !== base.serverUuid) {
    problems.push({
      code: 'FOREIGN_SERVER',
      message: `taken from server ${increment.serverUuid}, its base ${base.id} from ${base.serverUuid}`,
    })
  }
  if (increment.startLsn > base.pageTrackLsn) {
    problems.push({
      code: 'LSN_GAP',
      message: `holds changes since LSN ${increment.startLsn}, its base ${base.id} is complete only up to ${base.pageTrackLsn}`,
    })
  }
  if (increment.endLsn < base.endLsn) {
    problems.push({
      code: 'LSN_REGRESSION',
      message: `ends at LSN ${increment.endLsn}, before its base ${base.id} at ${base.endLsn}`,
    })
  }
  return problems
}
