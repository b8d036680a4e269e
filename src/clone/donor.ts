// What is asked of the servers once, before anything is decided.

import type { Engine } from '../chain/backup.ts'
import type { DonorState } from '../chain/choose-base.ts'
import { type Capabilities, readCapabilities } from '../mysql/capabilities.ts'
import { readLogStatus } from '../mysql/log-status.ts'
import { pageTrackingStart } from '../mysql/page-track.ts'
import { readServerClock } from '../mysql/server-clock.ts'
import { readIdentity, type ServerIdentity } from '../mysql/server-identity.ts'
import type { Session } from '../mysql/session.ts'
import type { CloneContext } from './context.ts'

/** A server with a session on it. */
export interface Server {
  readonly session: Session
  readonly identity: ServerIdentity
  readonly capabilities: Capabilities
}

export interface Servers {
  /** Whose data is backed up. */
  readonly donor: Server
  /** Who runs CLONE and writes the files: the donor itself, unless another one was named. */
  readonly recipient: Server
}

export const inspectServer = async (session: Session): Promise<Server> => ({
  session,
  identity: await readIdentity(session),
  capabilities: await readCapabilities(session),
})

export const inspectServers = async ({ session, remote }: CloneContext): Promise<Servers> => {
  const recipient = await inspectServer(session)
  return { recipient, donor: remote ? await inspectServer(remote.session) : recipient }
}

/** Both have to speak GreatSQL's CLONE for the server to make the increments. */
export const engineFor = ({ donor, recipient }: Servers): Engine =>
  donor.capabilities.incrementalClone && recipient.capabilities.incrementalClone
    ? 'greatsql'
    : 'mysql'

/** The donor as the chain logic sees it now. Asked after preflight: it needs privileges. */
export const readDonorState = async (donor: Server, engine: Engine): Promise<DonorState> => ({
  engine,
  serverUuid: donor.identity.serverUuid,
  version: donor.identity.version,
  lsn: (await readLogStatus(donor.session)).lsn,
  now: await readServerClock(donor.session),
  trackedSince: await trackedSince(donor),
})

/** Since when pages are tracked without a break; undefined while tracking is off. */
export const trackedSince = async ({
  session,
  capabilities,
}: Server): Promise<bigint | undefined> => {
  if (!capabilities.mysqlbackupComponent) return undefined
  const start = await pageTrackingStart(session)
  return start === 0n ? undefined : start
}
