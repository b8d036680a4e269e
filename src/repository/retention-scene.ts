// What retention judges by, read from the directories alone: the chains under the labels of today, pins,
// and what verifications found damaged.

import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { buildChains } from '../chain/chains.ts'
import type { KeepReason, RetentionInput } from '../chain/retention-policy.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type DamagedBackup, readCatalog } from './catalog.ts'
import type { RepositoryLayout } from './layout.ts'
import { isPinned, labelled, noNotes, type NotesReading, readAllNotes } from './notes-file.ts'
import { readVerified } from './verified-file.ts'

export interface RetentionScene {
  readonly input: RetentionInput
  /** Backups whose manifest cannot be believed: nothing can be judged of them, so they stay. */
  readonly damaged: readonly DamagedBackup[]
  /** Directories without a manifest: they stay, too. */
  readonly unsealed: readonly BackupId[]
}

const READERS = 8

/** Reads it. `now` decides which pins hold. */
export const readRetentionScene = async (
  layout: RepositoryLayout,
  now: Date,
): Promise<RetentionScene> => {
  const { backups, damaged, unsealed } = await readCatalog(layout)
  const ids = backups.map(({ id }) => id)
  const readings = await readAllNotes(layout, ids)
  const notesOf = ({ id }: Backup) => readings.get(id)?.notes ?? noNotes
  const chains = buildChains(backups.map((backup) => labelled(backup, notesOf(backup))))
  const held = holdsOf(readings, now)
  return { input: { chains, faulty: await faultyOf(layout, ids), held }, damaged, unsealed }
}

const holdsOf = (
  readings: ReadonlyMap<BackupId, NotesReading>,
  now: Date,
): ReadonlyMap<BackupId, KeepReason> =>
  new Map(
    [...readings].flatMap(([id, reading]) => {
      const hold = holdOf(reading, now)
      return hold === undefined ? [] : [[id, hold] as const]
    }),
  )

const holdOf = ({ notes, problem }: NotesReading, now: Date): KeepReason | undefined => {
  if (problem !== undefined)
    return {
      rule: 'NOTES_UNREADABLE',
      message: `may be pinned: its notes cannot be read (${problem.message})`,
    }
  if (!isPinned(notes, now)) return undefined
  const { reason = null, until = null } = notes.pin ?? {}
  const end = until === null ? '' : ` until ${until}`
  return { rule: 'PINNED', message: `is pinned${end}${reason === null ? '' : ` (${reason})`}` }
}

const faultyOf = async (
  layout: RepositoryLayout,
  ids: readonly BackupId[],
): Promise<ReadonlySet<BackupId>> => {
  const verified = await mapLimit(ids, READERS, (id) => readVerified(layout.backup(id)))
  return new Set(ids.filter((_, index) => (verified[index]?.faulty.length ?? 0) > 0))
}
