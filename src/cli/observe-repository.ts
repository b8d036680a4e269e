// Everything that monitoring and the report tell of a repository, read at one moment: the catalog, who
// is at work, what failed, and how much room is left. No server is asked.

import { readFile } from 'node:fs/promises'
import { readArchives } from '../binlog/read-archive.ts'
import { serverRecoveries, type ServerRecovery } from '../binlog/server-recovery.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { chainsByServer } from '../chain/server-chains.ts'
import { type ServerSummary, summariseServer } from '../chain/server-summary.ts'
import { hasSystemCode } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { isPinned, noNotes } from '../repository/notes-file.ts'
import { freeBytes } from '../system/disk-space.ts'
import { type LockOwner, parseLock } from '../system/lock-owner.ts'
import { isAlive } from '../system/process-identity.ts'
import { type FailedRun, readFailedRuns } from './failed-runs.ts'
import { type RepositoryView, viewRepository } from './repository-view.ts'
import { readRunDurations } from './run-durations.ts'

export interface RepositoryObservation {
  readonly at: Date
  readonly root: string
  readonly view: RepositoryView
  readonly servers: readonly ServerSummary[]
  /** What the archived binlogs make of the backups: of every server that has either. */
  readonly recoveries: readonly ServerRecovery[]
  /** Who holds the repository's lock; undefined when nobody does who is alive. */
  readonly lockOwner: LockOwner | undefined
  /** Runs that left no backup, as far as trash and directories still tell; oldest first. */
  readonly failedRuns: readonly FailedRun[]
  /** Milliseconds from the begin of a run to its seal; none for backups without a journal. */
  readonly durations: ReadonlyMap<BackupId, number>
  /** Backups whose pin holds now. */
  readonly pinned: ReadonlySet<BackupId>
  readonly freeBytes: number
}

/** Reads all of it. Throws what the system throws when the repository itself cannot be read. */
export const observeRepository = async (
  layout: RepositoryLayout,
  at: Date,
): Promise<RepositoryObservation> => {
  const view = await viewRepository(layout)
  const servers = chainsByServer(view).map(summariseServer)
  const ids = servers.flatMap(({ members }) => members.map(({ backup }) => backup.id))
  return {
    at,
    root: layout.root,
    view,
    servers,
    recoveries: serverRecoveries(
      servers.flatMap(({ usable }) => usable),
      await readArchives(layout),
    ),
    lockOwner: await readLockOwner(layout.lock),
    failedRuns: await readFailedRuns(layout, view.unsealed),
    durations: await readRunDurations(layout, ids),
    pinned: new Set(ids.filter((id) => isPinned(view.notes.get(id)?.notes ?? noNotes, at))),
    freeBytes: await freeBytes(layout.root),
  }
}

/** A lock that cannot be read is no news here: whoever wants it is told. */
const readLockOwner = async (path: string): Promise<LockOwner | undefined> => {
  try {
    const owner = parseLock(await readFile(path, 'utf8'))
    return owner !== undefined && isAlive(owner) ? owner : undefined
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'EACCES')) return undefined
    throw error
  }
}
