// What the archive makes of the backups of each server: the times that can be reached, and what stands in
// between. Pure.

import { basename } from 'node:path'
import type { Backup } from '../chain/backup.ts'
import type { RecoveryWindow } from '../chain/recovery-window.ts'
import type { BinlogArchive } from './binlog-archive.ts'
import { gapsOf } from './continuity.ts'
import { recoveryWindows } from './recovery-windows.ts'
import type { ArchiveGap } from './verify-problem.ts'

export interface ServerRecovery {
  readonly serverUuid: string
  /** Every time that can be reached, oldest first, with nothing in common; points where no binlogs follow. */
  readonly windows: readonly RecoveryWindow[]
  /** Its own, the ended ones first. */
  readonly archives: readonly BinlogArchive[]
  /** Of these archives. */
  readonly gaps: readonly ArchiveGap[]
}

/** Of every server that has usable backups or an archive, in the order in which they come. */
export const serverRecoveries = (
  usable: readonly Backup[],
  archives: readonly BinlogArchive[],
): readonly ServerRecovery[] => {
  const servers = new Set([...usable, ...archives].map(({ serverUuid }) => serverUuid))
  return [...servers].map((serverUuid) => {
    const isIts = (one: { readonly serverUuid: string }): boolean => one.serverUuid === serverUuid
    const own = archives.filter(isIts)
    return {
      serverUuid,
      windows: recoveryWindows(usable.filter(isIts), archives, usable),
      archives: own,
      gaps: own.flatMap(archiveGaps),
    }
  })
}

/** The gaps of an archive, each with the name of its directory. */
export const archiveGaps = (archive: BinlogArchive): readonly ArchiveGap[] =>
  gapsOf(archive).map((gap) => ({ archive: basename(archive.directory), ...gap }))
