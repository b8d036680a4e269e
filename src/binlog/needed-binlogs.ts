// Which archived binlogs no kept backup can use any more. They go from the head of an archive on, never from
// its middle, and where it cannot be told nothing goes. Pure.

import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { byBinlogName } from '../mysql/binlog-name.ts'
import type { ArchivedBinlog } from './archived-binlog.ts'
import { isAfter, placeOf } from './backup-place.ts'
import type { BinlogArchive } from './binlog-archive.ts'

export type KeepBinlogsCode =
  'NEEDED' | 'NEWEST' | 'NO_BACKUP' | 'MANIFEST_DAMAGED' | 'BINLOG_DAMAGED' | 'IN_USE'

/** Why the oldest binlog that stays does, and all after it. */
export interface KeepBinlogs {
  readonly code: KeepBinlogsCode
  /** Continues a sentence that begins with the binlog. */
  readonly message: string
}

export interface ArchivePlan {
  readonly archive: BinlogArchive
  /** Oldest first: gone in this order, they leave no hole wherever it stops. */
  readonly expired: readonly ArchivedBinlog[]
  /** Names of damaged ones before the oldest that stays: nobody misses them. */
  readonly damaged: readonly string[]
  /** Closed ones that stay. */
  readonly kept: readonly ArchivedBinlog[]
  /** Undefined when all go: an earlier history of the server that no backup reaches back to. */
  readonly why: KeepBinlogs | undefined
}

export interface ExpiryFacts {
  /** What stays and can be restored. */
  readonly kept: readonly Backup[]
  /** Backups whose manifest cannot be read: nobody knows what they need. */
  readonly unreadable: readonly BackupId[]
}

/** Plans for each archive by itself. */
export const planBinlogExpiry = (
  archives: readonly BinlogArchive[],
  facts: ExpiryFacts,
): readonly ArchivePlan[] => archives.map((archive) => planArchive(archive, facts))

interface Limit {
  /** So many at the head may go. */
  readonly count: number
  readonly why: KeepBinlogs | undefined
}

const planArchive = (archive: BinlogArchive, facts: ExpiryFacts): ArchivePlan => {
  const limits = [
    ...unreadableLimit(facts),
    ...damagedLimit(archive),
    ...newestLimit(archive),
    neededLimit(archive, facts.kept),
  ]
  const { count, why } = limits.reduce((least, limit) =>
    limit.count < least.count ? limit : least,
  )
  const kept = archive.binlogs.slice(count)
  return {
    archive,
    expired: archive.binlogs.slice(0, count),
    damaged: archive.damaged.map(({ name }) => name).filter((name) => isBefore(name, kept)),
    kept,
    why,
  }
}

const isBefore = (name: string, [first]: readonly ArchivedBinlog[]): boolean =>
  first === undefined || byBinlogName(name, first.name) < 0

const stays = (count: number, code: KeepBinlogsCode, message: string): Limit => ({
  count,
  why: { code, message },
})

const unreadableLimit = ({ unreadable: [first] }: ExpiryFacts): readonly Limit[] =>
  first === undefined
    ? []
    : [stays(0, 'MANIFEST_DAMAGED', `may be needed by ${first}, whose manifest cannot be read`)]

/** An entry that cannot be understood is not removed, nor anything behind it: nothing is known of it. */
const damagedLimit = ({ binlogs, damaged }: BinlogArchive): readonly Limit[] => {
  const first = damaged.find(({ error }) => error.code !== 'INTEGRITY')
  if (first === undefined) return []
  const count = binlogs.filter(({ name }) => byBinlogName(name, first.name) < 0).length
  return [
    stays(count, 'BINLOG_DAMAGED', `stays while the entry of ${first.name} cannot be understood`),
  ]
}

/** A puller sees by it where it stands. */
const newestLimit = ({ binlogs, endedAt }: BinlogArchive): readonly Limit[] =>
  endedAt === null
    ? [stays(Math.max(0, binlogs.length - 1), 'NEWEST', 'is the newest that is closed')]
    : []

/** From there on it continues the kept backup that reaches back the furthest. */
const neededLimit = (archive: BinlogArchive, kept: readonly Backup[]): Limit => {
  const { binlogs, serverUuid } = archive
  let least: Limit | undefined
  for (const backup of kept) {
    const place = placeIn(archive, backup)
    if (place === undefined || (least !== undefined && least.count <= place)) continue
    least =
      place < binlogs.length
        ? stays(place, 'NEEDED', `is needed by ${backup.id}, and so is what follows`)
        : { count: binlogs.length, why: undefined }
  }
  return (
    least ??
    stays(0, 'NO_BACKUP', `stays: no backup is kept that the binlogs of ${serverUuid} go on from`)
  )
}

/** A backup that was taken after a history had ended needs nothing of it. */
const placeIn = (archive: BinlogArchive, backup: Backup): number | undefined => {
  const isLater =
    backup.serverUuid === archive.serverUuid &&
    backup.before !== undefined &&
    isAfter(backup.before, archive)
  return isLater ? archive.members.length : placeOf(archive, backup)
}
