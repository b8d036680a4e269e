// What the binlogs can do for a restore, found out beforehand: which parts are needed for the
// target, and up to which time they reach.

import type { Backup } from '../chain/backup.ts'
import { ClonectlError } from '../errors.ts'
import { type BinlogFile, binlogFilesIn } from '../mysql/binlog-directory.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import { hasPrivilege, readPrivileges } from '../mysql/privileges.ts'
import { readIdentity } from '../mysql/server-identity.ts'
import { readServerClock } from '../mysql/server-clock.ts'
import { openSession } from '../mysql/session.ts'
import type { Coordinates } from '../repository/manifest.ts'
import {
  type BinlogPosition,
  findReplayRange,
  lastTimeIn,
  requireSameHistory,
} from './replay-range.ts'
import type { BinlogSource, PlannedBinlog } from './request.ts'

export interface BinlogOutlook {
  readonly binlogs: readonly PlannedBinlog[]
  /** The latest time that can be reached with them. */
  readonly reach: Date
}

/**
 * Looks at the binlogs from where `tip` ends, at the earliest: `before` was read just before the
 * clone; `sightings` tell how far the donor had come when. Throws BINLOG_GAP when they do not begin
 * early enough or are another server's, USAGE without a source.
 */
export const outlookOf = async (
  source: BinlogSource | undefined,
  tip: Backup,
  before: Coordinates,
  until: Date,
  sightings: readonly Coordinates[],
): Promise<BinlogOutlook> => {
  const start = startOf(before)
  if (source === undefined) {
    throw new ClonectlError('USAGE', 'a recovery to a time needs the binlogs of the donor', {
      hint: 'name their directory with --binlog-dir, or the running donor with --binlog-server',
    })
  }
  return source.kind === 'directory'
    ? directoryOutlook(source.path, tip, start, until, sightings)
    : serverOutlook(source.connection, tip, start)
}

interface BinlogStart extends BinlogPosition {
  readonly gtidExecuted: string
}

const startOf = (before: Coordinates): BinlogStart => {
  const { binlogFile, binlogPosition, gtidExecuted } = before
  if (binlogFile !== null) {
    return { file: binlogFile, position: Number(binlogPosition ?? 4), gtidExecuted }
  }
  throw new ClonectlError('BINLOG_GAP', 'the donor wrote no binlog when the backup was taken', {
    hint: 'only the ends of backups can be restored: use --backup; for a time the donor needs log_bin',
  })
}

/** `binlog.000012` is one of the files called `binlog`. */
export const baseNameOf = (file: string): string => file.replace(/\.\d+$/, '')

const directoryOutlook = async (
  path: string,
  tip: Backup,
  start: BinlogStart,
  until: Date,
  sightings: readonly Coordinates[],
): Promise<BinlogOutlook> => {
  const files = await binlogFilesIn(path, { baseName: baseNameOf(start.file) })
  const range = await findReplayRange(files, start, until)
  requireSameHistory(start, range)
  const last = range.files.length - 1
  // On an idle donor nothing is written, yet its binlogs are whole up to where it was seen last.
  const seen = sightings.filter((sighting) => isIn(files, sighting)).map(({ at }) => new Date(at))
  const reaches = [tip.endTime, range.lastTime, await lastTimeIn(files.at(-1)), ...seen]
  return {
    binlogs: range.files.map((file, index) => ({
      file: file.path,
      from: index === 0 ? start.position : 0,
      to: index === last ? (range.stopPosition ?? file.sizeBytes) : file.sizeBytes,
    })),
    reach: latest(reaches.filter((time) => time !== undefined)),
  }
}

const isIn = (files: readonly BinlogFile[], { binlogFile, binlogPosition }: Coordinates): boolean =>
  files.some(({ name, sizeBytes }) => name === binlogFile && sizeBytes >= Number(binlogPosition))

const latest = (times: readonly Date[]): Date =>
  new Date(Math.max(...times.map((time) => time.getTime())))

/** A running donor's binlogs reach to its present. */
const serverOutlook = async (
  connection: ConnectionOptions,
  tip: Backup,
  start: BinlogPosition,
): Promise<BinlogOutlook> => {
  await using session = await openSession(connection)
  requireSameServer((await readIdentity(session)).serverUuid, tip)
  requireMayRead(await readPrivileges(session))
  const rows = await session.query('SHOW BINARY LOGS')
  const files = rows.map((row) => ({
    file: row['Log_name'] ?? '',
    from: 0,
    to: Number(row['File_size'] ?? 0),
  }))
  const first = files.findIndex((file) => file.file === start.file)
  if (first === -1) {
    throw new ClonectlError(
      'BINLOG_GAP',
      `the donor no longer has ${start.file}, where the backup ends`,
      { hint: 'use a copy of its binlogs with --binlog-dir, or restore a newer backup' },
    )
  }
  return {
    binlogs: files
      .slice(first)
      .map((file, index) => (index === 0 ? { ...file, from: start.position } : file)),
    reach: await readServerClock(session),
  }
}

/** Told before everything is copied, not when mysqlbinlog is refused. */
const requireMayRead = (privileges: ReadonlySet<string>): void => {
  if (hasPrivilege(privileges, 'REPLICATION SLAVE')) return
  throw new ClonectlError('PREFLIGHT', 'the account may not read the binlogs of the server', {
    hint: 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* to it, or use --binlog-dir',
  })
}

const requireSameServer = (serverUuid: string, tip: Backup): void => {
  if (serverUuid === tip.serverUuid) return
  throw new ClonectlError(
    'BINLOG_GAP',
    `${tip.id} was taken from server ${tip.serverUuid}; --binlog-server is ${serverUuid}`,
    { hint: "name the donor itself, or a directory with the donor's binlogs (--binlog-dir)" },
  )
}
