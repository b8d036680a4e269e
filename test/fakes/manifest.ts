// Manifests of backups that were never taken.

import { parseBackupId } from '../../src/chain/backup-id.ts'
import {
  type Coordinates,
  type FileEntry,
  type Manifest,
  sumBytes,
} from '../../src/repository/manifest.ts'
import { SERVER_UUID } from './backup.ts'

/** A stored file; its hash is of the right form and of nothing. */
export const fileEntry = (path: string, sizeBytes = 16_384): FileEntry => ({
  path,
  sizeBytes,
  sha256: 'ab'.repeat(32),
})

export const coordinates = (at: string, changes: Partial<Coordinates> = {}): Coordinates => ({
  at,
  lsn: '20737123',
  checkpointLsn: '20737000',
  binlogFile: 'binlog.000002',
  binlogPosition: '4711',
  gtidExecuted: `${SERVER_UUID}:1-100`,
  ...changes,
})

/** A manifest that the schema accepts, begun when its id says. */
export const makeManifest = (id: string, changes: Partial<Manifest> = {}): Manifest => {
  const parts = parseBackupId(id)
  if (parts === undefined) throw new Error(`${id} is no id`)
  const begin = parts.begun.toISOString()
  const end = new Date(parts.begun.getTime() + 60_000).toISOString()
  return {
    format: 1,
    id,
    type: parts.type,
    engine: 'mysql',
    base: null,
    label: null,
    clonectlVersion: '0.1.0',
    donor: {
      serverUuid: SERVER_UUID,
      version: '9.7.4',
      versionComment: '(Debian)',
      flavour: 'MySQL',
      hostname: 'db1',
      datadir: '/var/lib/mysql/',
    },
    recipient: null,
    history: null,
    startLsn: '0',
    pageTrackLsn: '9007199254740993',
    endLsn: '9007199254741000',
    trackedSince: null,
    beginTime: begin,
    endTime: end,
    before: coordinates(begin),
    after: coordinates(end),
    compression: 'none',
    encryption: null,
    decision: { asked: parts.type, code: 'FULL_ASKED', reason: 'a full was asked for' },
    files: [],
    emptyDirectories: [],
    deltas: [],
    result: { files: [], emptyDirectories: [] },
    restoredBytes: sumBytes(changes.result?.files ?? []),
    ...changes,
  }
}
