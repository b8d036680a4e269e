// Binlogs that the server has removed before their end was pulled: what is in tail/ is all there is,
// so it is sealed as far as it goes.

import { rm, truncate } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { eventType } from '../mysql/binlog-event.ts'
import { scanBinlog } from '../mysql/binlog-file.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import type { ServerBinlog } from '../mysql/server-binlogs.ts'
import { type ArchiveFile, binlogsIn } from './archive-files.ts'
import type { Pulling } from './pulling.ts'
import { sealBinlog } from './seal-binlog.ts'

/** Seals what tail/ holds of binlogs older than `first`, the oldest that the server still has. */
export const sealRemoved = async (pulling: Pulling, first: ServerBinlog): Promise<void> => {
  const { context, archive, store, tally } = pulling
  for (const file of await binlogsIn(archive.paths.tail)) {
    if ((parseBinlogName(file.name)?.sequence ?? 0) >= first.sequence) return
    const end = await wholeEventsOf(file)
    if (end === undefined) {
      await rm(file.path)
      continue
    }
    await truncate(file.path, end)
    context.reporter.info(`the server has removed ${file.name}, of which ${end} bytes were pulled`)
    const whole = { ...file, sizeBytes: end }
    const sealing = { archive, store, clock: context.clock }
    tally.noteSealed(await sealBinlog(sealing, whole, { cut: true }))
  }
}

/**
 * Where its last whole event ends; undefined when it ends before its first transaction can begin. What comes
 * after a damaged event, as a power cut can leave, is of no use.
 */
const wholeEventsOf = async ({ path }: ArchiveFile): Promise<number | undefined> => {
  let isBegun = false
  let end = 0
  try {
    for await (const event of scanBinlog(path, { open: true, verifyChecksums: true })) {
      if (event.type === eventType.previousGtids) isBegun = true
      end = event.nextPosition
    }
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'INTEGRITY') throw error
  }
  return isBegun ? end : undefined
}
