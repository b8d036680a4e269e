// Puts together what the checks look at.

import type { Engine } from '../chain/backup.ts'
import type { CheckContext } from './check.ts'
import { engineFor, type Servers } from './donor.ts'

/** What is planned with the servers. */
export interface CheckPlan extends Pick<CheckContext, 'repository' | 'pageTrack'> {
  /** Undefined for the one that the servers allow. */
  readonly engine?: Engine | undefined
  readonly compression?: CheckContext['compression']
  readonly encryption?: CheckContext['encryption']
  readonly donorAddress?: CheckContext['donorAddress']
}

export const checkScene = (
  { donor, recipient }: Servers,
  { repository, pageTrack, engine, compression, encryption, donorAddress }: CheckPlan,
): CheckContext => ({
  ...donor,
  recipient,
  repository,
  pageTrack,
  compression,
  encryption,
  donorAddress,
  engine: engine ?? engineFor({ donor, recipient }),
})
