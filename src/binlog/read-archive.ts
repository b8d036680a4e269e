// Reads what the archive holds, from its entries and the names and sizes of its files: cheap enough for
// every command. Whether the files hold what the entries say is for `binlog verify`. One that cannot
// be read is named, and hides no other.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { byBinlogName, parseBinlogName } from '../mysql/binlog-name.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { mapLimit } from '../system/map-limit.ts'
import { namesIn, unlessGone } from './archive-files.ts'
import { type ArchiveName, parseArchiveName } from './archive-name.ts'
import { type ArchivedBinlog, entryNameOf, readArchivedBinlog } from './archived-binlog.ts'
import type { BinlogArchive, DamagedBinlog } from './binlog-archive.ts'
import { readOpenBinlogs } from './open-binlogs.ts'
import { readSeen } from './seen-file.ts'

const READERS = 16

/** Every archive of the repository, those of one server beside each other, the ended ones first; none without an archive. */
export const readArchives = async (layout: RepositoryLayout): Promise<readonly BinlogArchive[]> => {
  const names = await namesIn(layout.binlogs)
  const archives = names.flatMap((name) => {
    const parsed = parseArchiveName(name)
    return parsed === undefined ? [] : [{ ...parsed, directory: join(layout.binlogs, name) }]
  })
  return mapLimit(archives.sort(byHistory), 1, readArchive)
}

/** What goes on comes after what has ended. */
const byHistory = (one: ArchiveName, other: ArchiveName): number => {
  const key = ({ serverUuid, endedAt }: ArchiveName): string => `${serverUuid} ${endedAt ?? '~'}`
  return key(one) < key(other) ? -1 : 1
}

/** Reads the archive in one directory, which need not exist. */
export const readArchive = async (
  archive: ArchiveName & { readonly directory: string },
): Promise<BinlogArchive> => {
  const { directory } = archive
  // First the open ones: what is sealed meanwhile is then found among the sealed.
  const open = await readOpenBinlogs(directory)
  const seen = await readSeen(directory)
  const names = (await namesIn(directory)).filter((name) => binlogOf(name) !== undefined)
  const readings = await mapLimit(names, READERS, (name) => readEntry(archive, name))
  const binlogs = readings
    .filter((reading) => reading !== undefined && 'sealedAt' in reading)
    .sort((one, other) => byBinlogName(one.name, other.name))
  const known = readings.flatMap((reading) => reading?.name ?? []).sort(byBinlogName)
  const isLater = ({ name }: { readonly name: string }) => isAfter(name, known.at(-1))
  const tails = open.binlogs.filter(({ facts }) => isLater(facts))
  return {
    ...archive,
    binlogs,
    tails,
    seen,
    members: [
      ...binlogs.map((sealed) => ({
        facts: sealed,
        path: join(directory, sealed.stored.path),
        sealed,
      })),
      ...tails.map((tail) => ({ ...tail, sealed: undefined })),
    ],
    damaged: [
      ...readings.filter((reading) => reading !== undefined && 'error' in reading),
      ...open.damaged.filter(isLater),
    ].sort((one, other) => byBinlogName(one.name, other.name)),
  }
}

const isAfter = (name: string, last: string | undefined): boolean =>
  last === undefined || byBinlogName(name, last) > 0

/** "binlog.000012" of "binlog.000012.json". */
const binlogOf = (entry: string): string | undefined => {
  const name = entry.endsWith('.json') ? entry.slice(0, -'.json'.length) : ''
  return parseBinlogName(name) === undefined ? undefined : name
}

/** Undefined for an entry that was removed meanwhile. */
const readEntry = async (
  archive: ArchiveName & { readonly directory: string },
  entry: string,
): Promise<ArchivedBinlog | DamagedBinlog | undefined> => {
  const name = binlogOf(entry) ?? entry
  const path = join(archive.directory, entry)
  try {
    const binlog = await readArchivedBinlog(path)
    if (binlog === undefined) return undefined
    requireOwn(binlog, archive, name)
    return (await isStored(binlog, archive.directory, path)) ? binlog : undefined
  } catch (error) {
    if (error instanceof ClonectlError) return { name, path: damagedPathOf(error, path), error }
    throw error
  }
}

const damagedPathOf = ({ details }: ClonectlError, path: string): string =>
  typeof details['path'] === 'string' ? details['path'] : path

const requireOwn = (
  { name, serverUuid, stored }: ArchivedBinlog,
  archive: ArchiveName,
  expected: string,
): void => {
  if (name !== expected)
    throw notRight(entryNameOf(expected), `tells of ${name}, expected ${expected}`)
  if (serverUuid !== archive.serverUuid)
    throw notRight(
      entryNameOf(expected),
      `tells of a binlog of server ${serverUuid}, expected ${archive.serverUuid}`,
    )
  if (stored.path !== (stored.compression === 'zstd' ? `${name}.zst` : name))
    throw notRight(entryNameOf(expected), `names ${stored.path}, which is not where ${name} lies`)
}

/** False when both were removed meanwhile: the entry goes first. */
const isStored = async (
  { stored }: ArchivedBinlog,
  directory: string,
  entry: string,
): Promise<boolean> => {
  const path = join(directory, stored.path)
  const found = await sizeOf(path)
  if (found === stored.sizeBytes) return true
  if (found === undefined && (await sizeOf(entry)) === undefined) return false
  const what = found === undefined ? 'is missing' : `has ${found} bytes`
  throw notRight(path, `${what}, expected ${stored.sizeBytes} bytes`, path)
}

const sizeOf = async (path: string): Promise<number | undefined> =>
  (await unlessGone(stat(path)))?.size

const notRight = (file: string, found: string, path?: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${file} ${found}`, {
    hint: 'bring the file and its entry back from a copy of the repository, or pull it again while the server has it',
    details: path === undefined ? {} : { path },
  })
