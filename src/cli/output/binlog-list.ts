// `binlog list`: what the archive holds of each server, in order, and what is missing in between.

import type { BinlogArchive, BinlogMember } from '../../binlog/binlog-archive.ts'
import type { ServerRecovery } from '../../binlog/server-recovery.ts'
import { archiveGaps } from '../../binlog/server-recovery.ts'
import { byBinlogName } from '../../mysql/binlog-name.ts'
import { dateOfMicros } from '../../mysql/commit-time.ts'
import type { CommandResult } from '../command.ts'
import { formatInstant } from './backup-fields.ts'
import {
  archiveBytes,
  archiveNameOf,
  archiveTitle,
  binlogFields,
  gapFields,
  gapLine,
  recoveryFields,
  recoveryLines,
} from './binlog-fields.ts'
import { formatBytes } from './bytes.ts'
import { type Column, formatTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'BINLOG' },
  { title: 'STATE' },
  { title: 'SIZE', align: 'right' },
  { title: 'STORED', align: 'right' },
  { title: 'FROM' },
  { title: 'TO' },
  { title: 'TRANSACTIONS', align: 'right' },
  { title: 'GTIDS' },
]

/** The archives as a document and as text. */
export const binlogListResult = (servers: readonly ServerRecovery[]): CommandResult => {
  const withArchive = servers.filter(({ archives }) => archives.length > 0)
  return {
    document: {
      archives: withArchive.flatMap(({ archives }) => archives.map(archiveFields)),
      servers: servers.map(recoveryFields),
    },
    text:
      withArchive.map(serverText).join('\n') ||
      'no binlogs are archived; clonectl binlog pull archives them\n',
  }
}

const archiveFields = (archive: BinlogArchive): object => ({
  archive: archiveNameOf(archive),
  serverUuid: archive.serverUuid,
  endedAt: archive.endedAt,
  directory: archive.directory,
  storedBytes: archiveBytes(archive),
  binlogs: archive.members.map(binlogFields),
  gaps: archiveGaps(archive).map(gapFields),
  damaged: archive.damaged.map(({ name, path, error }) => ({
    ...{ name, path, code: error.code, message: error.message },
  })),
})

const serverText = (server: ServerRecovery): string =>
  [...server.archives.map(archiveText), ...recoveryLines(server).map((line) => `${line}\n`)].join(
    '',
  )

const archiveText = (archive: BinlogArchive): string => {
  const { members } = archive
  const [titles = '', ...rows] = formatTable(COLUMNS, members.map(row)).split('\n')
  return [
    `${archiveTitle(archive)}, ${formatBytes(archiveBytes(archive))}\n`,
    ...(members.length === 0 ? [] : [`${titles}\n`]),
    ...linesInOrder(archive, rows),
    '\n',
  ].join('')
}

/** Below each row what is missing or damaged after it. */
const linesInOrder = (archive: BinlogArchive, rows: readonly string[]): readonly string[] => {
  const gaps = archiveGaps(archive)
  const { members, damaged } = archive
  const isBefore = (name: string, index: number): boolean => {
    const next = members[index]
    return next === undefined || byBinlogName(name, next.facts.name) <= 0
  }
  const damagedBetween = (index: number) =>
    damaged.filter(
      ({ name }) => isBefore(name, index) && (index === 0 || !isBefore(name, index - 1)),
    )
  return [0, ...members.map((_, index) => index + 1)].flatMap((index) => [
    ...damagedBetween(index).map(({ error }) => `damaged   ${error.message}\n`),
    ...gaps.filter(({ before }) => before === members[index]?.facts.name).map(gapLine),
    ...(index < members.length ? [`${rows[index] ?? ''}\n`] : []),
  ])
}

const row = ({ facts, sealed }: BinlogMember): readonly string[] => [
  facts.name,
  stateOf(facts.cut ?? false, sealed !== undefined),
  formatBytes(facts.sizeBytes),
  formatBytes(sealed?.stored.sizeBytes ?? facts.sizeBytes),
  timeText(facts.firstTimeMicros),
  timeText(facts.lastTimeMicros),
  String(facts.transactions),
  shortened(facts.gtids),
]

const stateOf = (isCut: boolean, isClosed: boolean): string => {
  if (isCut) return 'cut'
  return isClosed ? 'closed' : 'open'
}

const timeText = (micros: string | null): string =>
  micros === null ? '' : formatInstant(dateOfMicros(BigInt(micros)))

const MOST_CHARACTERS = 60

/** Programs get all of it. */
const shortened = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`
