// Seals a binlog: it is looked at, proved to continue the one before, hashed, stored, and its index
// entry written last. Until then it does not count, and is pulled again.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { scanBinlog } from '../mysql/binlog-file.ts'
import { digestFile } from '../repository/file-digest.ts'
import type { Clock } from '../system/clock.ts'
import { giveTo } from '../system/owner.ts'
import type { ArchiveFile } from './archive-files.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import { type ArchivedBinlog, entryNameOf, writeArchivedBinlog } from './archived-binlog.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import { type BinlogGap, describeGap } from './binlog-gap.ts'
import { gapBetween } from './continuity.ts'
import { RESET_HINT } from './same-history.ts'
import type { BinlogStore } from './store-binlog.ts'
import { surveyBinlog } from './survey-binlog.ts'

export interface Sealing {
  readonly archive: ArchiveWriter
  readonly store: BinlogStore
  readonly clock: Clock
}

export interface SealedBinlog {
  readonly binlog: ArchivedBinlog
  /** What parts it from the one before. */
  readonly gap: BinlogGap | undefined
}

/**
 * Seals a binlog of incoming/ or tail/, which is whole, or `cut` when the server has removed it. A gap
 * in the numbers is for the caller to tell of; BINLOG_GAP is thrown when the binlog was not written
 * after the one before. Throws INTEGRITY for a file that is no whole binlog.
 */
export const sealBinlog = async (
  { archive, store, clock }: Sealing,
  file: ArchiveFile,
  { cut = false }: { readonly cut?: boolean } = {},
): Promise<SealedBinlog> => {
  const { paths, owner, serverUuid, tails } = archive
  const facts = await surveyClosed(file, cut)
  const gap = requireContinuation(archive.last(), facts)
  const digest = await digestFile(file.path)
  if (file.path !== join(paths.tail, file.name)) await tails.drop(file.name, file.path)
  const stored = await store(paths, file, digest)
  await giveTo(owner, join(paths.directory, stored.path))
  const binlog: ArchivedBinlog = {
    format: 1,
    ...facts,
    serverUuid,
    sha256: digest.sha256,
    stored,
    sealedAt: clock.now().toISOString(),
  }
  const entry = join(paths.directory, entryNameOf(file.name))
  await writeArchivedBinlog(entry, binlog)
  await giveTo(owner, entry)
  archive.sealed(binlog)
  await rm(file.path, { force: true })
  return { binlog, gap }
}

/** Every byte of it is read, and every event compared with its checksum. */
const surveyClosed = async (
  { name, path, sizeBytes }: ArchiveFile,
  cut: boolean,
): Promise<BinlogFacts> => {
  const events = scanBinlog(path, { verifyChecksums: true, open: cut })
  const facts = await surveyBinlog(events, { name, sizeBytes })
  return cut && facts.ending === 'none' ? { ...facts, cut } : facts
}

/** The gap between two binlogs that may be archived after each other. Throws BINLOG_GAP when they may not. */
export const requireContinuation = (
  last: BinlogFacts | undefined,
  facts: BinlogFacts,
): BinlogGap | undefined => {
  const gap = last === undefined ? undefined : gapBetween(last, facts)
  if (gap === undefined || gap.kind === 'files') return gap
  if (gap.kind === 'gtids' && last?.cut) return gap
  throw new ClonectlError('BINLOG_GAP', describeGap(gap), {
    hint: `The server has begun its binlogs anew, or went back to an earlier state. ${RESET_HINT}`,
    details: { ...gap },
  })
}
