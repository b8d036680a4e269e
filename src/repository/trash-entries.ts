// What lies in the trash: since when, how much, and why. Only directories under names that clonectl
// gives are its own; whatever else is there was put there by somebody else.

import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackupId, parseBackupId } from '../chain/backup-id.ts'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type BackupTree, readBackupTree } from './backup-tree.ts'
import { BACKUP_ENTRIES, type BackupPaths, backupPathsAt, type RepositoryLayout } from './layout.ts'
import { readNotes } from './notes-file.ts'
import { readRunJournal } from './run-journal.ts'

export interface TrashEntry {
  /** Name in the trash: the backup's id, perhaps with `~2` after it. */
  readonly name: string
  readonly id: BackupId
  readonly path: string
  readonly since: Date
  readonly bytes: number
  readonly why: string
}

export interface Trash {
  /** Longest there first. */
  readonly entries: readonly TrashEntry[]
  /** Names that are not clonectl's. */
  readonly strangers: readonly string[]
}

const READERS = 4

/** Reads the trash, which need not exist. Throws PATH_FORBIDDEN when it is a link to somewhere else. */
export const readTrash = async (layout: RepositoryLayout): Promise<Trash> => {
  const found = await entriesOf(layout.trash)
  const own = found.flatMap((entry) => {
    const id = idOf(entry.name)
    return id === undefined || !entry.isDirectory() ? [] : [{ name: entry.name, id }]
  })
  const names = new Set(own.map(({ name }) => name))
  const entries = await mapLimit(own, READERS, ({ name, id }) =>
    describe(join(layout.trash, name), name, id),
  )
  return {
    entries: entries.sort((a, b) => a.since.getTime() - b.since.getTime()),
    strangers: found.map(({ name }) => name).filter((name) => !names.has(name)),
  }
}

const entriesOf = async (trash: string): Promise<readonly Dirent[]> => {
  try {
    if ((await lstat(trash)).isDirectory()) return await readdir(trash, { withFileTypes: true })
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return []
    throw error
  }
  throw new ClonectlError('PATH_FORBIDDEN', `${trash} is not a directory of the repository`, {
    hint: 'clonectl follows no link there: move it away',
  })
}

/** The trash gives a second one of a name `~2`, a third `~3`. */
const idOf = (name: string): BackupId | undefined => {
  const [, id = '', copy] = /^([^~]*)(?:~([1-9]\d*))?$/.exec(name) ?? []
  return copy === '1' ? undefined : parseBackupId(id)?.id
}

const describe = async (path: string, name: string, id: BackupId): Promise<TrashEntry> => {
  const paths = backupPathsAt(path)
  const tree = await readBackupTree(path, () => true)
  const bytes = [...tree.files.values()].reduce((sum, size) => sum + size, 0)
  const told = await expiryOf(paths)
  if (told !== undefined) return { name, id, path, bytes, ...told }
  // Moving a directory changes its inode, and nothing else does after that.
  const since = (await lstat(path)).ctime
  return { name, id, path, bytes, since, why: sealedOnce(tree) ?? (await endOfRun(paths)) }
}

/** Only sealed backups are verified, pinned or labelled. */
const sealedOnce = ({ files }: BackupTree): string | undefined => {
  if (files.has(BACKUP_ENTRIES.manifest)) return 'a sealed backup; nothing says why it is here'
  return files.has(BACKUP_ENTRIES.verified) || files.has(BACKUP_ENTRIES.notes)
    ? 'it was sealed once, and has lost its manifest'
    : undefined
}

/** Notes of an expiry; a file that cannot be understood tells no more than a missing one. */
const expiryOf = async (
  paths: BackupPaths,
): Promise<Pick<TrashEntry, 'since' | 'why'> | undefined> => {
  const trashed = await told(async () => (await readNotes(paths)).trashed)
  return trashed === undefined || trashed === null
    ? undefined
    : { since: new Date(trashed.at), why: `expired: ${trashed.why}` }
}

const endOfRun = async ({ journal }: BackupPaths): Promise<string> => {
  const run = await told(() => readRunJournal(journal))
  const last = run?.steps.at(-1)
  if (run === undefined || last === undefined) return 'a run ended before it wrote its journal'
  return last.step === 'discard'
    ? `a run failed (${run.command})`
    : `a run died in step "${last.step}" (${run.command})`
}

const told = async <Fact>(read: () => Promise<Fact>): Promise<Fact | undefined> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}
