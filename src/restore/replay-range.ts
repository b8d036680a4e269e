// Which part of which binlogs leads from a backup's end to a time: found by the commit time that
// the server writes at the head of each transaction, to the microsecond. mysqlbinlog itself stops
// by whole seconds and by when a statement began.

import { ClonectlError } from '../errors.ts'
import { type BinlogFile, findSequenceGap } from '../mysql/binlog-directory.ts'
import { type BinlogEvent, scanBinlog } from '../mysql/binlog-file.ts'
import { gtidSetContains } from '../mysql/gtid-set.ts'

/** Where a backup ends in the donor's binlogs. */
export interface BinlogPosition {
  /** Name such as `binlog.000012`. */
  readonly file: string
  readonly position: number
}

export interface ReplayRange {
  /** Every file that is needed, in order; the first holds the start, the last the stop. */
  readonly files: readonly BinlogFile[]
  readonly startPosition: number
  /** End of the last transaction that belongs; undefined means the end of the last file. */
  readonly stopPosition: number | undefined
  readonly transactions: number
  /** GTIDs of these transactions, as text of a set. */
  readonly gtids: string
  /** GTID of the last transaction in the first file before the start: the backup must hold it. */
  readonly gtidBefore: string | undefined
  /** Latest time the files tell of; undefined when they hold nothing after the start. */
  readonly lastTime: Date | undefined
}

/**
 * Finds the range from `start` to the last transaction committed at or before `until`, or to the
 * end of the files without it. Throws BINLOG_GAP when the start or a file in between is missing.
 */
export const findReplayRange = async (
  files: readonly BinlogFile[],
  start: BinlogPosition,
  until: Date | undefined,
): Promise<ReplayRange> => {
  const needed = filesFrom(files, start)
  const untilMicros = until === undefined ? undefined : BigInt(until.getTime()) * 1000n
  const walk = newWalk(start.position, untilMicros)
  for (const [index, file] of needed.entries()) {
    const isLast = index === needed.length - 1
    for await (const event of scanBinlog(file.path, { open: isLast })) {
      const stop = walk.take(event, index)
      if (stop === undefined) continue
      return { ...walk.range(), files: needed.slice(0, index + 1), stopPosition: stop }
    }
  }
  return { ...walk.range(), files: needed, stopPosition: undefined }
}

/** The latest time a binlog tells of; undefined without a file or an event in it. */
export const lastTimeIn = async (file: BinlogFile | undefined): Promise<Date | undefined> => {
  if (file === undefined) return undefined
  const walk = newWalk(0, undefined)
  for await (const event of scanBinlog(file.path, { open: true })) walk.take(event, 0)
  return walk.range().lastTime
}

/**
 * The transaction just before the start must be one the backup holds; binlogs of another server,
 * or of this one after RESET, would be replayed without any error otherwise. Throws BINLOG_GAP.
 */
export const requireSameHistory = (
  state: { readonly file: string; readonly gtidExecuted: string },
  range: ReplayRange,
): void => {
  if (range.gtidBefore === undefined) return
  if (gtidSetContains(state.gtidExecuted, range.gtidBefore)) return
  throw new ClonectlError(
    'BINLOG_GAP',
    `the binlogs are of another history: ${range.gtidBefore} stands before the backup's end in ${state.file}, but the backup does not hold it`,
    { hint: 'use the binlogs of the server the backup was taken from' },
  )
}

const filesFrom = (files: readonly BinlogFile[], start: BinlogPosition): readonly BinlogFile[] => {
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

interface Walk {
  /** Takes the next event; returns its position when it lies behind the target. */
  take(event: BinlogEvent, fileIndex: number): number | undefined
  range(): Omit<ReplayRange, 'files' | 'stopPosition'>
}

const newWalk = (startPosition: number, untilMicros: bigint | undefined): Walk => {
  const gtids = newGtidRuns()
  let transactions = 0
  let gtidBefore: string | undefined
  let lastMicros: bigint | undefined
  const reach = (micros: bigint): void => {
    if (lastMicros === undefined || micros > lastMicros) lastMicros = micros
  }
  return {
    take(event, fileIndex) {
      const micros = event.commitTimeMicros ?? BigInt(event.timestampSeconds) * 1_000_000n
      const beforeStart = fileIndex === 0 && event.position < startPosition
      if (beforeStart) {
        gtidBefore = event.gtid ?? gtidBefore
        return undefined
      }
      if (event.timestampSeconds > 0) reach(micros)
      if (!isTransactionHead(event)) return undefined
      if (untilMicros !== undefined && micros > untilMicros) return event.position
      transactions += 1
      if (event.gtid !== undefined) gtids.add(event.gtid)
      return undefined
    },
    range: () => ({
      startPosition,
      transactions,
      gtids: gtids.text(),
      gtidBefore,
      // Rounded up, so that a target of this very time reaches the last transaction.
      lastTime:
        lastMicros === undefined ? undefined : new Date(Number((lastMicros + 999n) / 1000n)),
    }),
  }
}

/** Only the event at the head of a transaction carries a commit time or a GTID. */
const isTransactionHead = (event: BinlogEvent): boolean =>
  event.gtid !== undefined || event.commitTimeMicros !== undefined

/** Collects GTIDs as runs of consecutive numbers, so that a million of them take a few bytes. */
const newGtidRuns = () => {
  const runs: { key: string; first: bigint; last: bigint }[] = []
  const open = new Map<string, { key: string; first: bigint; last: bigint }>()
  return {
    add(gtid: string): void {
      const colon = gtid.lastIndexOf(':')
      const key = gtid.slice(0, colon)
      const number = BigInt(gtid.slice(colon + 1))
      const run = open.get(key)
      if (run?.last === number - 1n) {
        run.last = number
        return
      }
      const begun = { key, first: number, last: number }
      open.set(key, begun)
      runs.push(begun)
    },
    text: (): string => runs.map(({ key, first, last }) => `${key}:${first}-${last}`).join(','),
  }
}
