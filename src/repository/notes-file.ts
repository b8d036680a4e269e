// notes.json: what the user says of a sealed backup, its pin and its label, and in the trash why it is
// there. No manifest covers it. Unlike verified.json it must not be lost unnoticed: a pin may be in it.

import { z } from 'zod'
import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { mapLimit } from '../system/map-limit.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { readJsonFile } from './json-file.ts'
import type { BackupPaths, RepositoryLayout } from './layout.ts'

const instant = z.iso.datetime()

const pinSchema = z.object({
  /** When it was pinned. */
  at: instant,
  reason: z.string().nullable(),
  /** From then on it holds no more; null: until it is unpinned. */
  until: instant.nullable(),
})

const notesSchema = z.object({
  format: z.literal(1),
  pin: pinSchema.nullable(),
  /** In place of the manifest's label; empty for none, null for the manifest's. */
  label: z.string().nullable(),
  /** Written just before the backup is moved to the trash. */
  trashed: z.object({ at: instant, why: z.string(), command: z.string() }).nullable(),
})

export type Pin = z.infer<typeof pinSchema>
export type Notes = Omit<z.infer<typeof notesSchema>, 'format'>

export interface NotesReading {
  readonly notes: Notes
  /** Why the file cannot be read: then nobody knows whether the backup is pinned. */
  readonly problem: ClonectlError | undefined
}

/** Of a backup that nobody said anything of. */
export const noNotes: Notes = { pin: null, label: null, trashed: null }

/** Throws REPOSITORY_UNREADABLE or REPOSITORY_NEWER for a file that cannot be understood. */
export const readNotes = async (paths: BackupPaths): Promise<Notes> => {
  const found = await readJsonFile(notesSchema, paths.notes)
  if (found === undefined) return noNotes
  const { pin, label, trashed } = found
  return { pin, label, trashed }
}

/** Replaces the file. Throws what the system throws when it cannot be written. */
export const writeNotes = async (paths: BackupPaths, notes: Notes): Promise<void> => {
  const owner = await ownerOf(paths.directory)
  await writeFileAtomic(paths.notes, `${JSON.stringify({ format: 1, ...notes }, undefined, 1)}\n`)
  await giveTo(owner, paths.notes)
}

const READERS = 8

/** The notes of many; a file that cannot be understood hides no other. */
export const readAllNotes = async (
  layout: RepositoryLayout,
  ids: readonly BackupId[],
): Promise<ReadonlyMap<BackupId, NotesReading>> =>
  new Map(
    await mapLimit(ids, READERS, async (id) => [id, await readOne(layout.backup(id))] as const),
  )

const readOne = async (paths: BackupPaths): Promise<NotesReading> => {
  try {
    return { notes: await readNotes(paths), problem: undefined }
  } catch (error) {
    if (error instanceof ClonectlError) return { notes: noNotes, problem: error }
    throw error
  }
}

/** Whether the pin holds at this time. */
export const isPinned = ({ pin }: Notes, now: Date): boolean =>
  pin !== null && (pin.until === null || new Date(pin.until) > now)

/** The backup under the label it was given last. */
export const labelled = (backup: Backup, { label }: Notes): Backup =>
  label === null ? backup : { ...backup, label: label === '' ? undefined : label }
