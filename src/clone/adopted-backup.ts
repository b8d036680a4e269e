// What an adopted clone is as a backup: to the chain logic before it is brought in, and in its manifest.

import type { Backup } from '../chain/backup.ts'
import { makeBackupId } from '../chain/backup-id.ts'
import type { Run } from '../repository/run.ts'
import type { Unlisted } from '../repository/seal.ts'
import type { AdoptionContext, AdoptionRequest } from './adopt.ts'
import type { AdoptedDonor } from './adopted-donor.ts'
import type { FoundClone } from './found-clone.ts'
import type { AdoptedFiles } from './prove-adopted.ts'

/** As the chain logic sees it. Nobody knows since when its pages were tracked. */
export const adoptionBackup = (clone: FoundClone, { donor }: AdoptedDonor): Backup => ({
  id: makeBackupId(clone.beginTime, clone.type),
  type: clone.type,
  engine: clone.engine,
  base: undefined,
  serverUuid: donor.serverUuid,
  serverVersion: donor.version,
  startLsn: clone.startLsn,
  pageTrackLsn: clone.pageTrackLsn,
  endLsn: clone.endLsn,
  trackedSince: undefined,
  beginTime: clone.beginTime,
  endTime: clone.endTime,
  storedBytes: 0,
  resultBytes: 0,
  compression: clone.codec ?? 'none',
  label: undefined,
})

export interface AdoptionFacts {
  readonly context: Pick<AdoptionContext, 'clonectlVersion'>
  readonly request: AdoptionRequest
  readonly run: Run
  readonly clone: FoundClone
  readonly donor: AdoptedDonor
  readonly base: Backup | undefined
  readonly proven: AdoptedFiles
}

/** The manifest, less what sealing lists. */
export const describeAdoption = (facts: AdoptionFacts): Unlisted => {
  const { context, request, run, clone, donor, base, proven } = facts
  return {
    format: 1,
    id: run.id,
    type: clone.type,
    engine: clone.engine,
    base: base?.id ?? null,
    label: request.label ?? null,
    clonectlVersion: context.clonectlVersion,
    donor: donor.donor,
    recipient: null,
    history: donor.history,
    startLsn: clone.startLsn.toString(),
    pageTrackLsn: clone.pageTrackLsn.toString(),
    endLsn: clone.endLsn.toString(),
    trackedSince: null,
    beginTime: clone.beginTime.toISOString(),
    endTime: clone.endTime.toISOString(),
    before: coordinatesAt(clone.beginTime, clone),
    after: coordinatesAt(clone.endTime, clone),
    compression: clone.codec ?? 'none',
    encryption: null,
    decision: { asked: clone.type, code: 'ADOPTED', reason: `adopted from ${clone.directory}` },
    deltas: [...proven.deltas],
    result: proven.result,
    restoredBytes: base?.resultBytes ?? proven.contentBytes,
  }
}

/** A server that starts on the files finds its binlog position in them; nobody wrote it down. */
const coordinatesAt = (at: Date, { endLsn }: FoundClone): Unlisted['before'] => ({
  at: at.toISOString(),
  lsn: endLsn.toString(),
  checkpointLsn: endLsn.toString(),
  binlogFile: null,
  binlogPosition: null,
  gtidExecuted: '',
})
