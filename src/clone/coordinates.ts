// Where the donor stood before and after the clone: written into the manifest, so that the
// backup's place in the donor's logs can be checked from two sides.

import { readLogStatus } from '../mysql/log-status.ts'
import type { Session } from '../mysql/session.ts'
import type { Coordinates } from '../repository/manifest.ts'
import type { Clock } from '../system/clock.ts'

export const readCoordinates = async (session: Session, clock: Clock): Promise<Coordinates> => {
  const status = await readLogStatus(session)
  return {
    at: clock.now().toISOString(),
    lsn: status.lsn.toString(),
    checkpointLsn: status.checkpointLsn.toString(),
    binlogFile: status.binlogFile,
    binlogPosition: status.binlogPosition?.toString() ?? null,
    gtidExecuted: status.gtidExecuted,
  }
}
