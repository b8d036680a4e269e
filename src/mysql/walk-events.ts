// Walks from event to event of one binlog. Millions of small ones lie in memory already, so the
// walk waits only where the window has to move.
import { crc32 } from 'node:zlib'
import {
  type BinlogEvent,
  EVENT_CHECKSUM_BYTES,
  EVENT_HEADER_BYTES,
  type EventHeader,
  parseEventHeader,
} from './binlog-event.ts'
import { checkMagic, MAGIC_BYTES, notReadable } from './binlog-magic.ts'
import type { ByteWindow } from './byte-window.ts'
import { hasRightChecksum } from './event-checksum.ts'
import { type BodyBytes, type EventReader, newEventReader } from './event-reader.ts'

export interface ScanOptions {
  /** Position of an event to begin at; the first event by default. */
  readonly from?: number | undefined
  /** The server may still be writing: an incomplete event at the end is not an error. */
  readonly open?: boolean | undefined
  /** Reads every byte and compares each event with its CRC-32, where the file has them. */
  readonly verifyChecksums?: boolean | undefined
  readonly bodyBytes?: BodyBytes | undefined
}

export interface EventWalk {
  /** The next event if it lies in memory whole: does not wait. */
  nextInMemory(): BinlogEvent | undefined
  /** The next event wherever it lies; undefined at the end. */
  next(): Promise<BinlogEvent | undefined>
}

interface WalkState {
  readonly window: ByteWindow
  readonly name: string
  readonly reader: EventReader
  readonly open: boolean
  readonly verifyChecksums: boolean
  /** Of the next event; 0 before the first. */
  position: number
}

/** A large event is read in such pieces for its checksum. */
const pieceBytes = 256 * 1024

/** A size that is impossible, or an end that is not where the server wrote it, is no event. */
const checkHeader = ({ sizeBytes, endPosition32 }: EventHeader, walk: WalkState): void => {
  const end = (walk.position + sizeBytes) % 2 ** 32
  if (sizeBytes >= EVENT_HEADER_BYTES && (endPosition32 === 0 || endPosition32 === end)) return
  const found = `found an event of ${sizeBytes} bytes that says it ends at ${endPosition32}`
  throw notReadable(walk.name, walk.position, found)
}

const requireRightSum = (isRight: boolean, { name, position }: WalkState): void => {
  if (isRight) return
  throw notReadable(name, position, 'found an event that is not what its checksum says')
}

/** For an event that is there only in part: the file ends here. */
const requireOpen = ({ open, name, position, window }: WalkState): void => {
  if (open) return
  throw notReadable(name, position, `the file of ${window.known} bytes ends within the event`)
}

const nextInMemory = (walk: WalkState): BinlogEvent | undefined => {
  const { position, reader, window } = walk
  const { bytes, start, end } = window
  const offset = position - start
  if (offset < 0 || end - position < EVENT_HEADER_BYTES) return undefined
  const header = parseEventHeader(bytes, offset)
  checkHeader(header, walk)
  if (position + header.sizeBytes > end) return undefined
  const event = reader.read(bytes, offset, header, position)
  if (walk.verifyChecksums && reader.checksums)
    requireRightSum(hasRightChecksum(bytes.subarray(offset, offset + header.sizeBytes)), walk)
  walk.position = event.nextPosition
  return event
}

/** Whether the event, which is larger than what is held in memory, is there to its end. */
const verifyLarge = async (walk: WalkState, { nextPosition }: BinlogEvent): Promise<boolean> => {
  const { window, position } = walk
  const sumPosition = nextPosition - EVENT_CHECKSUM_BYTES
  let sum = 0
  for (let place = position; place < sumPosition; place += pieceBytes) {
    const count = Math.min(pieceBytes, sumPosition - place)
    await window.load(place, count)
    sum = crc32(window.bytes.subarray(0, count), sum)
  }
  await window.load(sumPosition, EVENT_CHECKSUM_BYTES)
  if (window.end < nextPosition) return false
  requireRightSum(window.bytes.readUInt32LE(0) === sum, walk)
  return true
}

const isThere = async ({ window }: WalkState, { nextPosition }: BinlogEvent): Promise<boolean> =>
  nextPosition <= window.known || (await window.skipTo(nextPosition))

/** The window begins with the event's header, which was checked, and does not hold all of it. */
const nextLarge = async (walk: WalkState): Promise<BinlogEvent | undefined> => {
  const { position, reader, window } = walk
  const header = parseEventHeader(window.bytes)
  const count = Math.min(header.sizeBytes, reader.lookBytes(header))
  await window.load(position, count)
  if (window.end - position >= count) {
    const event = reader.read(window.bytes, 0, header, position)
    const check = walk.verifyChecksums && reader.checksums ? verifyLarge : isThere
    if (await check(walk, event)) {
      walk.position = event.nextPosition
      return event
    }
  }
  requireOpen(walk)
  return undefined
}

const nextFromWindow = async (walk: WalkState): Promise<BinlogEvent | undefined> => {
  const { position, window } = walk
  await window.load(position, EVENT_HEADER_BYTES)
  if (window.end <= position) return undefined
  const held = nextInMemory(walk)
  if (held !== undefined) return held
  if (window.end - position >= EVENT_HEADER_BYTES) return nextLarge(walk)
  requireOpen(walk)
  return undefined
}

/** To the first event, and on to another one; whether there are checksums the first one tells. */
const begin = async (walk: WalkState, from: number): Promise<void> => {
  const { window, name } = walk
  await window.load(0, MAGIC_BYTES)
  if (window.end < MAGIC_BYTES && walk.open) return
  checkMagic(window.bytes.subarray(0, MAGIC_BYTES), name)
  walk.position = MAGIC_BYTES
  if (from <= MAGIC_BYTES) return
  await nextFromWindow(walk)
  walk.position = from
}

/** The walk over a binlog called `name`. Throws INTEGRITY, see scanBinlog. */
export const newEventWalk = (
  window: ByteWindow,
  name: string,
  { from = 0, open = false, verifyChecksums = false, bodyBytes }: ScanOptions,
): EventWalk => {
  const reader = newEventReader(bodyBytes)
  const walk: WalkState = { window, name, reader, open, verifyChecksums, position: 0 }
  return {
    nextInMemory: () => (walk.position === 0 ? undefined : nextInMemory(walk)),
    next: async () => {
      if (walk.position === 0) await begin(walk, from)
      return walk.position === 0 ? undefined : (nextInMemory(walk) ?? nextFromWindow(walk))
    },
  }
}
