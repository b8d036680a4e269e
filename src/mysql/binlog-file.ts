// Walks through one binlog file by its event headers, in bounded memory: bodies are skipped,
// except the small one at the head of each transaction.
import { open, type FileHandle } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import {
  EVENT_HEADER_BYTES,
  eventType,
  parseEventHeader,
  type EventHeader,
} from './binlog-event.ts'
import { GTID_BODY_BYTES, parseGtidEvent } from './gtid-event.ts'

export interface BinlogEvent {
  /** See eventType in binlog-event.ts. */
  readonly type: number
  /** The header's time: when the statement began, seconds since 1970. */
  readonly timestampSeconds: number
  readonly serverId: number
  readonly flags: number
  /** Where the event begins in the file. */
  readonly position: number
  readonly nextPosition: number
  readonly sizeBytes: number
  /** Of the event at the head of a transaction: when it was committed, microseconds since 1970. */
  readonly commitTimeMicros?: bigint | undefined
  /** Of the event at the head of a transaction: "uuid:7" or "uuid:tag:7". */
  readonly gtid?: string | undefined
}

export interface ScanOptions {
  /** Position of an event to begin at; the first event by default. */
  readonly from?: number | undefined
  /** The server may still be writing: an incomplete event at the end is not an error. */
  readonly open?: boolean | undefined
}

/** log_event.h BINLOG_MAGIC; the events begin after it. */
const magic = Buffer.from([0xfe, 0x62, 0x69, 0x6e])
/** basic_ostream.h: an encrypted file begins with these bytes instead. */
const encryptedMagic = Buffer.from([0xfd, 0x62, 0x69, 0x6e])

/** Read at once; large enough that small events cost few reads, small enough to skip big ones. */
const blockBytes = 256 * 1024

/** What is looked at of each event: its header, and the body of a GTID event. */
const lookBytes = EVENT_HEADER_BYTES + GTID_BODY_BYTES

interface BlockReader {
  /** Up to lookBytes at a position; undefined while they are not in memory. */
  readonly look: (position: number) => Buffer | undefined
  readonly load: (position: number) => Promise<void>
}

/** Keeps one block in memory. Looking does not wait, for there are millions of small events. */
const makeReader = (file: FileHandle, size: number): BlockReader => {
  const memory = Buffer.allocUnsafe(blockBytes)
  let start = 0
  let end = 0
  return {
    look: (position) => {
      const isHeld = position >= start && Math.min(position + lookBytes, size) <= end
      if (!isHeld) return undefined
      return memory.subarray(position - start, Math.min(position + lookBytes, size) - start)
    },
    load: async (position) => {
      const { bytesRead } = await file.read(memory, 0, blockBytes, position)
      start = position
      end = position + bytesRead
    },
  }
}

const notReadable = (path: string, position: number, found: string, hint?: string) =>
  new ClonectlError('INTEGRITY', `${path}: ${found} at position ${position}`, {
    hint: hint ?? 'Fetch the file from the server again (clonectl binlog pull).',
    details: { path, position },
  })

const checkMagic = (found: Buffer, path: string): void => {
  if (found.equals(magic)) return
  if (found.equals(encryptedMagic))
    throw notReadable(
      path,
      0,
      'the binlog is encrypted, which clonectl cannot read;',
      'Replay from the running server (--binlog-server), which decrypts it.',
    )
  throw notReadable(path, 0, 'found no binlog magic number (fe 62 69 6e)')
}

/** A size that is impossible, or an end that is not where the server wrote it, is no event. */
const checkHeader = (header: EventHeader, path: string, position: number): void => {
  const { sizeBytes, endPosition32 } = header
  const end = (position + sizeBytes) % 2 ** 32
  if (sizeBytes >= EVENT_HEADER_BYTES && (endPosition32 === 0 || endPosition32 === end)) return
  throw notReadable(
    path,
    position,
    `found an event of ${sizeBytes} bytes that says it ends at ${endPosition32}`,
  )
}

const transactionHeads: ReadonlySet<number> = new Set([
  eventType.gtid,
  eventType.anonymousGtid,
  eventType.gtidTagged,
])

/** `bytes` begin with the event; they may be fewer than it has. */
const eventAt = (bytes: Buffer, header: EventHeader, position: number): BinlogEvent => {
  const { type, timestampSeconds, serverId, flags, sizeBytes } = header
  const nextPosition = position + sizeBytes
  const event = { type, timestampSeconds, serverId, flags, position, nextPosition, sizeBytes }
  if (!transactionHeads.has(type)) return event
  return { ...event, ...parseGtidEvent(type, bytes.subarray(EVENT_HEADER_BYTES, sizeBytes)) }
}

const missing = Buffer.alloc(0)

const lookOrLoad = async (reader: BlockReader, position: number): Promise<Buffer> => {
  await reader.load(position)
  // The file was cut while it is read when this holds nothing: an event that is not whole.
  return reader.look(position) ?? missing
}

/**
 * Yields the events of a binlog file in their order. Only what the file holds when the scan begins
 * is read. Throws INTEGRITY for a file that is no binlog, is encrypted, or holds bytes that are no
 * event; and for an event cut off at the end, unless `open` is set.
 */
export async function* scanBinlog(
  path: string,
  options: ScanOptions = {},
): AsyncGenerator<BinlogEvent, void, undefined> {
  await using file = await open(path)
  const { size } = await file.stat()
  if (options.open && size < magic.length) return
  const reader = makeReader(file, size)
  checkMagic((await lookOrLoad(reader, 0)).subarray(0, magic.length), path)
  let position = options.from ?? magic.length
  while (position < size) {
    const bytes = reader.look(position) ?? (await lookOrLoad(reader, position))
    const header = bytes.length < EVENT_HEADER_BYTES ? undefined : parseEventHeader(bytes)
    if (header !== undefined) checkHeader(header, path, position)
    if (header === undefined || position + header.sizeBytes > size) {
      if (options.open) return
      throw notReadable(path, position, `the file of ${size} bytes ends within the event`)
    }
    yield eventAt(bytes, header, position)
    position += header.sizeBytes
  }
}
