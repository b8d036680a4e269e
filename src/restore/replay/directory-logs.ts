// The binlogs of a directory from where a backup ends.

import { ClonectlError } from '../../errors.ts'
import { type BinlogFile, binlogFilesIn, findSequenceGap } from '../../mysql/binlog-directory.ts'
import { logOfFile } from './replay-log.ts'
import type { ReplayLogs } from './replay-range.ts'
import type { HeldState } from './same-history.ts'

/** `binlog.000012` is one of the files called `binlog`. */
const baseNameOf = (file: string): string => file.replace(/\.\d+$/, '')

/** Throws CONFIG for a directory that cannot be read, BINLOG_GAP when the start or a file in between is missing. */
export const directoryLogs = async (path: string, start: HeldState): Promise<ReplayLogs> => {
  const files = filesFrom(await binlogFilesIn(path, { baseName: baseNameOf(start.file) }), start)
  return {
    // The server may still be writing to the last.
    logs: files.map((file, index) => logOfFile(file, index === files.length - 1)),
    startPosition: start.position,
  }
}

const filesFrom = (files: readonly BinlogFile[], start: HeldState): readonly BinlogFile[] => {
  const first = files.findIndex((file) => file.name === start.file)
  const needed = first === -1 ? [] : files.slice(first)
  const [startFile] = needed
  if (startFile === undefined) {
    throw gap(`the backup ends in ${start.file}, which is not among the binlogs (${spanOf(files)})`)
  }
  if (startFile.sizeBytes < start.position) {
    throw gap(
      `the backup ends at position ${start.position} of ${start.file}, which has only ${startFile.sizeBytes} bytes`,
    )
  }
  const hole = findSequenceGap(needed)
  if (hole !== undefined) throw gap(`binlogs are missing between ${hole.after} and ${hole.before}`)
  return needed
}

const spanOf = (files: readonly BinlogFile[]): string =>
  files.length === 0 ? 'none' : `${files[0]?.name ?? ''} to ${files.at(-1)?.name ?? ''}`

const gap = (message: string): ClonectlError =>
  new ClonectlError('BINLOG_GAP', message, {
    hint: 'use the binlogs of the server the backup was taken from, all since then',
  })
