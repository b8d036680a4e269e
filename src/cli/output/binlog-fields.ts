// Archived binlogs, what is wrong with them and what stands between them, as documents and texts show it.

import { basename } from 'node:path'
import type { ArchivedBinlog } from '../../binlog/archived-binlog.ts'
import type { BinlogArchive, BinlogMember } from '../../binlog/binlog-archive.ts'
import { describeGap } from '../../binlog/binlog-gap.ts'
import type { ServerRecovery } from '../../binlog/server-recovery.ts'
import type { ArchiveGap } from '../../binlog/verify-problem.ts'
import type { RecoveryWindow } from '../../chain/recovery-window.ts'
import { formatMicros } from '../../mysql/commit-time.ts'
import { parseBinlogName } from '../../mysql/binlog-name.ts'

/** One of `gaps` in a document. */
export const gapFields = (gap: ArchiveGap): object => ({
  archive: gap.archive,
  kind: gap.kind,
  after: gap.after,
  before: gap.before,
  missingFiles: gap.missingFiles ?? null,
  missingGtids: gap.missingGtids ?? null,
  message: describeGap(gap),
})

export const gapLine = (gap: ArchiveGap): string => `gap       ${describeGap(gap)}\n`

const timeOf = (micros: string | null): string | null =>
  micros === null ? null : formatMicros(BigInt(micros))

/** One of `binlogs` in a document. */
export const binlogFields = ({ facts, sealed, path }: BinlogMember): object => ({
  name: facts.name,
  sequence: parseBinlogName(facts.name)?.sequence ?? null,
  state: sealed === undefined ? 'open' : 'closed',
  sizeBytes: facts.sizeBytes,
  ...storedFields(sealed?.stored ?? { sizeBytes: facts.sizeBytes, compression: 'none' }),
  firstTime: timeOf(facts.firstTimeMicros),
  lastTime: timeOf(facts.lastTimeMicros),
  previousGtids: facts.previousGtids,
  gtids: facts.gtids,
  transactions: facts.transactions,
  anonymous: facts.anonymous,
  serverVersion: facts.serverVersion,
  serverIds: facts.serverIds,
  ending: facts.ending,
  nextName: facts.nextName,
  checksums: facts.checksums,
  cut: facts.cut ?? false,
  sha256: sealed?.sha256 ?? null,
  sealedAt: sealed?.sealedAt ?? null,
  path,
})

const storedFields = ({
  sizeBytes,
  compression,
}: Pick<ArchivedBinlog['stored'], 'sizeBytes' | 'compression'>) => ({
  storedBytes: sizeBytes,
  compression,
})

/** Bytes in the repository of all of them. */
export const archiveBytes = ({ members }: BinlogArchive): number =>
  members.reduce((sum, { facts, sealed }) => sum + (sealed?.stored.sizeBytes ?? facts.sizeBytes), 0)

/** "server UUID", or that it is an earlier history of it. */
export const archiveTitle = ({ serverUuid, endedAt }: BinlogArchive): string =>
  `server ${serverUuid}${endedAt === null ? '' : `, its history until ${endedAt}`}`

/** "FROM to TO" */
const windowText = ({ from, to }: RecoveryWindow): string =>
  `${from.toISOString()} to ${to.toISOString()}`

/** Of a server, for a document. */
export const recoveryFields = ({ serverUuid, windows, gaps }: ServerRecovery): object => ({
  serverUuid,
  recoveryWindows: windows,
  gaps: gaps.map(gapFields),
})

/** Lines of text: each window that binlogs extend, and how many backups stand alone. */
export const recoveryLines = ({ windows }: Pick<ServerRecovery, 'windows'>): readonly string[] => {
  if (windows.length === 0) return ['recovery window: none, there is no usable backup']
  const points = windows.filter(isPoint)
  const alone =
    points.length === 1
      ? `at ${points[0]?.from.toISOString() ?? ''} only, the end of a backup that no binlogs continue`
      : `at the ends of ${points.length} backups only, which no binlogs continue`
  return [
    ...windows.filter((window) => !isPoint(window)).map((window) => windowText(window)),
    ...(points.length === 0 ? [] : [alone]),
  ].map((text) => `recovery window: ${text}`)
}

/** Nothing but the end of a backup. */
export const isPoint = ({ from, to }: RecoveryWindow): boolean => from.getTime() === to.getTime()

export const archiveNameOf = ({ directory }: BinlogArchive): string => basename(directory)
