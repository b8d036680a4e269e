// The story of a verification of the archive: every closed binlog against its entry, then whether they
// follow each other. Nothing that is wrong stops it, and no lock is needed: what is closed does not
// change.

import { basename, relative } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import type { Reporter } from '../report/reporter.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type ArchivedBinlog, entryNameOf } from './archived-binlog.ts'
import type { BinlogArchive, BinlogMember, DamagedBinlog } from './binlog-archive.ts'
import { archiveGaps } from './server-recovery.ts'
import { verifyBinlog } from './verify-binlog.ts'
import type { ArchiveGap, BinlogProblem } from './verify-problem.ts'

export interface ArchiveVerifyContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export interface ArchiveVerifyRequest {
  readonly archives: readonly BinlogArchive[]
  /** Which of the closed binlogs to read; of the others sizes and what they continue are looked at. */
  readonly isChosen: (binlog: ArchivedBinlog) => boolean
}

export interface ArchiveVerdict {
  readonly archive: BinlogArchive
  /** Closed binlogs that were read. */
  readonly read: number
  /** Their stored bytes. */
  readonly bytesRead: number
  readonly problems: readonly BinlogProblem[]
  readonly gaps: readonly ArchiveGap[]
}

const FILES_AT_ONCE = 2

/** Looks at everything. Throws CANCELLED, and what the system refuses. */
export const verifyArchives = async (
  { reporter, signal }: ArchiveVerifyContext,
  { archives, isChosen }: ArchiveVerifyRequest,
): Promise<readonly ArchiveVerdict[]> => {
  const chosen = archives.map(({ members }) =>
    members.flatMap(({ path, sealed }) =>
      sealed !== undefined && isChosen(sealed) ? [{ path, sealed }] : [],
    ),
  )
  const total = chosen.flat().reduce((sum, { sealed }) => sum + sealed.stored.sizeBytes, 0)
  const progress = reporter.progress('verify', total)
  try {
    return await mapLimit(archives, 1, async (archive, index) => {
      const files = chosen[index] ?? []
      const found = await mapLimit(files, FILES_AT_ONCE, async ({ path, sealed }) => {
        signal.throwIfAborted()
        const problems = await problemsIn(archive, path, sealed, signal)
        progress.add(sealed.stored.sizeBytes)
        return problems
      })
      return verdictOf(archive, files, found.flat())
    })
  } finally {
    progress.end()
  }
}

const verdictOf = (
  archive: BinlogArchive,
  files: readonly (Pick<BinlogMember, 'path'> & { readonly sealed: ArchivedBinlog })[],
  problems: readonly BinlogProblem[],
): ArchiveVerdict => {
  return {
    archive,
    read: files.length,
    bytesRead: files.reduce((sum, { sealed }) => sum + sealed.stored.sizeBytes, 0),
    problems: [...archive.damaged.map((one) => damagedProblem(archive, one)), ...problems],
    gaps: archiveGaps(archive),
  }
}

/** An entry that cannot be believed, or a file that is not there or has another size. */
const damagedProblem = (
  { directory }: BinlogArchive,
  { path, name, error }: DamagedBinlog,
): BinlogProblem => {
  const isEntry = basename(path) === entryNameOf(name)
  return {
    archive: basename(directory),
    binlog: name,
    file: relative(directory, path),
    code: isEntry ? 'ENTRY' : 'FILE',
    message: error.message,
    expected: null,
    actual: null,
  }
}

/** None for a file that an expiry has removed meanwhile. */
const problemsIn = async (
  { directory }: BinlogArchive,
  path: string,
  sealed: ArchivedBinlog,
  signal: AbortSignal,
): Promise<readonly BinlogProblem[]> => {
  const file = relative(directory, path)
  const of = { archive: basename(directory), binlog: sealed.name, file }
  try {
    return (await verifyBinlog(path, sealed, signal)).map((problem) => ({ ...of, ...problem }))
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return []
    throw error
  }
}

/**
 * Chooses about so many per cent of the binlogs by their numbers, others every day, so that as many days as
 * it takes to come to the whole read each of them.
 */
export const sampleOf =
  (percent: number, now: Date) =>
  ({ name }: Pick<ArchivedBinlog, 'name'>): boolean => {
    const days = Math.max(1, Math.round(100 / percent))
    const today = Math.floor(now.getTime() / 86_400_000)
    return (parseBinlogName(name)?.sequence ?? 0) % days === today % days
  }
