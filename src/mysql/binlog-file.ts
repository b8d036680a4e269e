// The events of one binlog, in bounded memory: bodies are skipped, except the small ones that
// describe the file, those at the head of each transaction, and those that are asked for.
import { open } from 'node:fs/promises'
import type { BinlogEvent } from './binlog-event.ts'
import { type ByteWindow, fileWindow, streamWindow } from './byte-window.ts'
import { type EventWalk, newEventWalk, type ScanOptions } from './walk-events.ts'

export type { BinlogEvent } from './binlog-event.ts'
export type { ScanOptions } from './walk-events.ts'

/** Where the bytes come from, opened when the first event is asked for. */
interface Source {
  readonly window: ByteWindow
  readonly close: () => Promise<unknown>
}

const ended = { done: true, value: undefined } as const

/** Not an async generator: that takes three times as long per event, and there are millions. */
const eventsOf = (
  openSource: () => Promise<Source>,
  name: string,
  options: ScanOptions,
): AsyncIterableIterator<BinlogEvent, undefined> => {
  let source: Source | undefined
  let walk: EventWalk | undefined
  let isOver = false
  const close = async (): Promise<void> => {
    isOver = true
    walk = undefined
    const opened = source
    source = undefined
    await opened?.close()
  }
  const beginning = async (): Promise<EventWalk> => {
    source = await openSource()
    walk = newEventWalk(source.window, name, options)
    return walk
  }
  const waitForNext = async (): Promise<IteratorResult<BinlogEvent, undefined>> => {
    if (isOver) return ended
    try {
      const event = await (walk ?? (await beginning())).next()
      if (event !== undefined) return { done: false, value: event }
    } catch (error) {
      await close()
      throw error
    }
    await close()
    return ended
  }
  const iterator = {
    next: (): Promise<IteratorResult<BinlogEvent, undefined>> => {
      try {
        const event = walk?.nextInMemory()
        if (event !== undefined) return Promise.resolve({ done: false, value: event })
      } catch {
        // Asked again below, the same event gives the same error, and the file is closed.
      }
      return waitForNext()
    },
    return: async () => {
      await close()
      return ended
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

/**
 * Yields the events of a binlog file in their order. Only what the file holds when the scan begins
 * is read. Throws INTEGRITY for a file that is no binlog, is encrypted, or holds bytes that are no
 * event; and for an event cut off at the end, unless `open` is set.
 */
export const scanBinlog = (
  path: string,
  options: ScanOptions = {},
): AsyncIterableIterator<BinlogEvent, undefined> => {
  const openFile = async (): Promise<Source> => {
    const file = await open(path)
    const { size } = await file.stat()
    return { window: fileWindow(file, size), close: () => file.close() }
  }
  return eventsOf(openFile, path, options)
}

export interface BlockScanOptions extends ScanOptions {
  /** What errors call it. */
  readonly name: string
}

/**
 * The same of bytes that come as a stream, such as a compressed file on its way through a decoder;
 * each block is used only until the next one is asked for. Throws as scanBinlog, and what the
 * stream throws.
 */
export const scanBinlogBlocks = (
  blocks: AsyncIterable<Buffer>,
  { name, ...options }: BlockScanOptions,
): AsyncIterableIterator<BinlogEvent, undefined> => {
  const openBlocks = (): Promise<Source> => {
    const iterator = blocks[Symbol.asyncIterator]()
    const close = async () => iterator.return?.()
    return Promise.resolve({ window: streamWindow(iterator), close })
  }
  return eventsOf(openBlocks, name, options)
}
