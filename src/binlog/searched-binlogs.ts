// The binlogs that can be looked through: those of an archive, or those in a directory.

import { basename } from 'node:path'
import { binlogFilesIn } from '../mysql/binlog-directory.ts'
import { scanBinlog, scanBinlogBlocks } from '../mysql/binlog-file.ts'
import { readStoredContent } from '../repository/stored-content.ts'
import type { BinlogArchive, BinlogMember } from './binlog-archive.ts'
import type { SearchedBinlog } from './transaction-search.ts'

/** All that an archive holds, in order. */
export const archivedBinlogs = ({ directory, members }: BinlogArchive): readonly SearchedBinlog[] =>
  members.map((member) => ({
    name: member.facts.name,
    path: member.path,
    archive: basename(directory),
    facts: member.facts,
    events: (bodyBytes) => eventsOf(member, { bodyBytes, open: isOpen(member) }),
  }))

const isOpen = ({ facts, sealed }: BinlogMember): boolean =>
  sealed === undefined || facts.cut === true

const eventsOf = (
  { path, sealed }: BinlogMember,
  options: Parameters<typeof scanBinlog>[1],
): ReturnType<typeof scanBinlog> => {
  if (sealed?.stored.compression !== 'zstd') return scanBinlog(path, options)
  return scanBinlogBlocks(readStoredContent(path, { codec: 'zstd' }), { name: path, ...options })
}

/**
 * The binlogs in a directory, in order; any of them may end within an event, when a server died.
 * Throws CONFIG and BINLOG_GAP, see binlogFilesIn.
 */
export const binlogsInDirectory = async (dir: string): Promise<readonly SearchedBinlog[]> => {
  const files = await binlogFilesIn(dir)
  return files.map(({ name, path }) => ({
    name,
    path,
    archive: null,
    facts: undefined,
    events: (bodyBytes) => scanBinlog(path, { bodyBytes, open: true }),
  }))
}
