// What `full` and `incr` answer: the sealed backup.

import type { BackupOutcome } from '../../clone/request.ts'
import { errorTable } from '../../errors.ts'
import { backupOf, type Manifest } from '../../repository/manifest.ts'
import type { CommandResult } from '../command.ts'
import type { BackupBinlogs } from '../pull-after-backup.ts'
import { formatBytes, formatRatio } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { reachOf } from './pull-result.ts'

/**
 * The outcome as a document and as text; binlogs that could not be archived give the exit code. `durationMs` is
 * the whole run's.
 */
export const backupResult = (
  outcome: BackupOutcome,
  durationMs: number,
  binlogs: BackupBinlogs = { state: 'none' },
): CommandResult => ({
  document: documentOf(outcome, binlogs, durationMs),
  text: linesOf(outcome, binlogs, durationMs)
    .map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`)
    .join(''),
  exitCode: binlogs.state === 'failed' ? errorTable.PARTIAL.exitCode : 0,
})

const binlogsDocument = (binlogs: BackupBinlogs) => {
  if (binlogs.state === 'none') return null
  const { state } = binlogs
  if (binlogs.state === 'failed') {
    const { code, message, hint = null } = binlogs.error
    return { state, error: { code, message, hint } }
  }
  if (binlogs.state === 'followed') return { state }
  const { sealed, tail, gaps, directory } = binlogs.outcome
  return { state, directory, sealed, tail, gaps, reach: reachOf(binlogs.outcome) }
}

const binlogsText = (binlogs: BackupBinlogs): string | undefined => {
  if (binlogs.state === 'none') return undefined
  if (binlogs.state === 'followed') return 'a follower archives them'
  if (binlogs.state === 'failed') return `NOT archived: ${binlogs.error.code}`
  const { tail, sealed } = binlogs.outcome
  const end = tail === null ? sealed.last : `${tail.name}:${tail.sizeBytes}`
  return `archived up to ${end ?? 'nothing yet'}`
}

const documentOf = (
  { manifest, directory, cleaned }: BackupOutcome,
  binlogs: BackupBinlogs,
  durationMs: number,
) => {
  const { storedBytes, resultBytes } = backupOf(manifest)
  return {
    id: manifest.id,
    type: manifest.type,
    engine: manifest.engine,
    base: manifest.base,
    label: manifest.label,
    decision: manifest.decision,
    serverUuid: manifest.donor.serverUuid,
    serverVersion: manifest.donor.version,
    startLsn: manifest.startLsn,
    pageTrackLsn: manifest.pageTrackLsn,
    endLsn: manifest.endLsn,
    beginTime: manifest.beginTime,
    endTime: manifest.endTime,
    gtidExecuted: manifest.after.gtidExecuted,
    binlogFile: manifest.after.binlogFile,
    binlogPosition: manifest.after.binlogPosition,
    compression: manifest.compression,
    encryption: manifest.encryption,
    storedBytes,
    resultBytes,
    directory,
    cleaned,
    binlogs: binlogsDocument(binlogs),
    durationMs: Math.round(durationMs),
  }
}

const fellBack = ({ type, decision }: Manifest): boolean => decision.asked !== type

const linesOf = (
  { manifest, directory, cleaned }: BackupOutcome,
  binlogs: BackupBinlogs,
  durationMs: number,
): readonly (readonly [string, string])[] => {
  const { storedBytes, resultBytes } = backupOf(manifest)
  const archived = binlogsText(binlogs)
  const share = formatRatio(storedBytes, resultBytes)
  return [
    ['backup', manifest.id],
    ['type', manifest.type],
    ...(fellBack(manifest) ? [['why', manifest.decision.reason] as const] : []),
    ...(manifest.base === null ? [] : [['base', manifest.base] as const]),
    ['LSN', `${manifest.startLsn} to ${manifest.endLsn}`],
    ['consistent', manifest.endTime],
    ['stored', `${formatBytes(storedBytes)} of ${formatBytes(resultBytes)} (${share})`],
    ...(archived === undefined ? [] : [['binlogs', archived] as const]),
    ['directory', directory],
    ...cleaned.map((what) => ['cleaned', what] as const),
    ['took', formatDuration(durationMs)],
  ]
}
