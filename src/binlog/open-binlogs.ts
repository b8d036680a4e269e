// The binlogs of an archive that are not sealed: the one the server still writes to, and those a
// puller has not sealed yet.

import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { eventType } from '../mysql/binlog-event.ts'
import { type BinlogEvent, scanBinlog } from '../mysql/binlog-file.ts'
import { byBinlogName } from '../mysql/binlog-name.ts'
import { type ArchiveFile, binlogsIn, unlessGone } from './archive-files.ts'
import type { DamagedBinlog, OpenBinlog } from './binlog-archive.ts'
import { surveyBinlog } from './survey-binlog.ts'

export interface OpenBinlogs {
  /** In the order of their numbers. */
  readonly binlogs: readonly OpenBinlog[]
  readonly damaged: readonly DamagedBinlog[]
}

/**
 * Of each name the longer copy, which counts as far as its events are whole; one that ends before its first
 * transaction could begin says nothing and is left out.
 */
export const readOpenBinlogs = async (directory: string): Promise<OpenBinlogs> => {
  const found = [
    ...(await binlogsIn(join(directory, 'tail'))),
    ...(await binlogsIn(join(directory, 'incoming'))),
  ]
  const longest = new Map<string, ArchiveFile>()
  for (const file of found)
    if (file.sizeBytes > (longest.get(file.name)?.sizeBytes ?? -1)) longest.set(file.name, file)
  const files = [...longest.values()].sort((one, other) => byBinlogName(one.name, other.name))
  const binlogs: OpenBinlog[] = []
  const damaged: DamagedBinlog[] = []
  for (const file of files) {
    const read = await readOpen(file)
    if (read !== undefined && 'error' in read) damaged.push(read)
    else if (read !== undefined) binlogs.push(read)
  }
  return { binlogs, damaged }
}

const readOpen = async ({
  name,
  path,
  sizeBytes,
}: ArchiveFile): Promise<OpenBinlog | DamagedBinlog | undefined> => {
  // Until its list of what came before has arrived, it cannot be told what it continues.
  const seen = { isBegun: false, end: 0 }
  const watched = async function* (): AsyncGenerator<BinlogEvent> {
    for await (const event of scanBinlog(path, { open: true })) {
      if (event.type === eventType.previousGtids) seen.isBegun = true
      seen.end = event.nextPosition
      yield event
    }
  }
  try {
    const facts = await unlessGone(surveyBinlog(watched(), { name, sizeBytes }))
    return facts !== undefined && seen.isBegun
      ? { facts: { ...facts, sizeBytes: seen.end }, path }
      : undefined
  } catch (error) {
    if (error instanceof ClonectlError) return { name, path, error }
    throw error
  }
}
