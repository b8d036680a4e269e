// What the manifest of a finished backup says, before its files are listed.

import type { Engine } from '../chain/backup.ts'
import type { Decision } from '../chain/choose-base.ts'
import type { Manifest } from '../repository/manifest.ts'
import { encryptionBy } from '../repository/open-key.ts'
import type { Unlisted } from '../repository/seal.ts'
import type { Server } from './donor.ts'
import type { EngineJob, EngineResult } from './engine.ts'

export interface BackupFacts {
  readonly engine: Engine
  readonly decision: Decision
  readonly result: EngineResult
  /** Since when the donor tracks pages; undefined when it does not. */
  readonly tracked: bigint | undefined
}

/** The manifest, less what sealing lists. */
export const describeBackup = (
  { context, request, key, donor, recipient, run }: EngineJob,
  { engine, decision, result, tracked }: BackupFacts,
): Unlisted => ({
  format: 1,
  id: run.id,
  type: decision.type,
  engine,
  base: decision.type === 'increment' ? decision.base.id : null,
  label: request.label ?? null,
  clonectlVersion: context.clonectlVersion,
  donor: { ...donor.identity },
  recipient: recipient === donor ? null : namesOf(recipient),
  history: result.history,
  startLsn: result.startLsn.toString(),
  pageTrackLsn: result.pageTrackLsn.toString(),
  endLsn: result.endLsn.toString(),
  trackedSince: tracked?.toString() ?? null,
  beginTime: result.beginTime.toISOString(),
  endTime: result.endTime.toISOString(),
  before: result.before,
  after: result.after,
  compression: request.compression?.codec ?? 'none',
  encryption: key === undefined ? null : encryptionBy(key),
  decision: {
    asked: request.type,
    code: decision.type === 'full' ? decision.code : 'INCREMENT',
    reason: decision.reason,
  },
  deltas: [...result.deltas],
  result: result.result,
  restoredBytes: result.restoredBytes,
})

const namesOf = ({ identity }: Server): Manifest['recipient'] => ({
  serverUuid: identity.serverUuid,
  version: identity.version,
  hostname: identity.hostname,
})
