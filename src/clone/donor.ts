// What is asked of the donor once, before anything is decided.

import type { DonorState } from '../chain/choose-base.ts'
import { type Capabilities, readCapabilities } from '../mysql/capabilities.ts'
import { readLogStatus } from '../mysql/log-status.ts'
import { pageTrackingStart } from '../mysql/page-track.ts'
import { readServerClock } from '../mysql/server-clock.ts'
import { readIdentity, type ServerIdentity } from '../mysql/server-identity.ts'
import type { Session } from '../mysql/session.ts'

export interface Donor {
  readonly identity: ServerIdentity
  readonly capabilities: Capabilities
}

export const inspectDonor = async (session: Session): Promise<Donor> => ({
  identity: await readIdentity(session),
  capabilities: await readCapabilities(session),
})

/** The donor as the chain logic sees it now. Asked after preflight: it needs privileges. */
export const readDonorState = async (session: Session, donor: Donor): Promise<DonorState> => ({
  serverUuid: donor.identity.serverUuid,
  version: donor.identity.version,
  lsn: (await readLogStatus(session)).lsn,
  now: await readServerClock(session),
  trackedSince: await trackedSince(session, donor.capabilities),
})

/** Since when pages are tracked without a break; undefined while tracking is off. */
export const trackedSince = async (
  session: Session,
  capabilities: Capabilities,
): Promise<bigint | undefined> => {
  if (!capabilities.mysqlbackupComponent) return undefined
  const start = await pageTrackingStart(session)
  return start === 0n ? undefined : start
}
