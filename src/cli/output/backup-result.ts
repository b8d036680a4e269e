// What `full` and `incr` answer: the sealed backup.

import type { BackupOutcome } from '../../clone/request.ts'
import { backupOf, type Manifest } from '../../repository/manifest.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes, formatRatio } from './bytes.ts'
import { formatDuration } from './duration.ts'

/** The outcome as a document and as text. `durationMs` is the whole run's. */
export const backupResult = (outcome: BackupOutcome, durationMs: number): CommandResult => ({
  document: documentOf(outcome, durationMs),
  text: linesOf(outcome, durationMs)
    .map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`)
    .join(''),
})

const documentOf = ({ manifest, directory, cleaned }: BackupOutcome, durationMs: number) => {
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
    durationMs: Math.round(durationMs),
  }
}

const fellBack = ({ type, decision }: Manifest): boolean => decision.asked !== type

const linesOf = (
  { manifest, directory, cleaned }: BackupOutcome,
  durationMs: number,
): readonly (readonly [string, string])[] => {
  const { storedBytes, resultBytes } = backupOf(manifest)
  const share = formatRatio(storedBytes, resultBytes)
  return [
    ['backup', manifest.id],
    ['type', manifest.type],
    ...(fellBack(manifest) ? [['why', manifest.decision.reason] as const] : []),
    ...(manifest.base === null ? [] : [['base', manifest.base] as const]),
    ['LSN', `${manifest.startLsn} to ${manifest.endLsn}`],
    ['consistent', manifest.endTime],
    ['stored', `${formatBytes(storedBytes)} of ${formatBytes(resultBytes)} (${share})`],
    ['directory', directory],
    ...cleaned.map((what) => ['cleaned', what] as const),
    ['took', formatDuration(durationMs)],
  ]
}
