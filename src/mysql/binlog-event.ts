// The 19-byte header every binlog event begins with.
// Format: libs/mysql/binlog/event/binlog_event.h (Log_event_header), all integers little-endian.

/** The numbers of the event types that clonectl looks at (enum Log_event_type). */
export const eventType = {
  query: 2,
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  executeLoadQuery: 18,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  partialUpdateRows: 39,
  transactionPayload: 40,
  gtidTagged: 42,
} as const

/** Size of the header (LOG_EVENT_HEADER_LEN). */
export const EVENT_HEADER_BYTES = 19

/** Size of the CRC-32 that each event ends with unless binlog_checksum=NONE. */
export const EVENT_CHECKSUM_BYTES = 4

/** In the flags: not part of the binlog, but made for whoever reads it (LOG_EVENT_ARTIFICIAL_F). */
export const FLAG_ARTIFICIAL = 0x20

/** In the flags of the format description: the file was not closed (LOG_EVENT_BINLOG_IN_USE_F). */
export const FLAG_IN_USE = 0x1

export interface EventHeader {
  /** When the statement began, in seconds since 1970; whole transactions share it or grow. */
  readonly timestampSeconds: number
  readonly type: number
  readonly serverId: number
  /** Header, body and checksum together. */
  readonly sizeBytes: number
  /** Where the next event begins, modulo 2^32: a transaction may pass 4 GiB. */
  readonly endPosition32: number
  readonly flags: number
}

export interface BinlogEvent {
  /** See eventType. */
  readonly type: number
  /** The header's time: when the statement began, seconds since 1970; 0 when it tells none. */
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
  /** Of the event at the head of a transaction: its bytes with this event, since 8.0.2. */
  readonly transactionBytes?: number | undefined
  /**
   * What follows the header, without the checksum: of the events that describe the file (format
   * description, with its checksum; previous GTIDs; rotate), and of others that were asked for.
   */
  readonly body?: Buffer | undefined
}

/** Reads the header at `offset` of `bytes`, which must hold at least 19 from there. */
export const parseEventHeader = (bytes: Buffer, offset = 0): EventHeader => ({
  timestampSeconds: bytes.readUInt32LE(offset),
  type: bytes.readUInt8(offset + 4),
  serverId: bytes.readUInt32LE(offset + 5),
  sizeBytes: bytes.readUInt32LE(offset + 9),
  endPosition32: bytes.readUInt32LE(offset + 13),
  flags: bytes.readUInt16LE(offset + 17),
})

const transactionHeads: ReadonlySet<number> = new Set([
  eventType.gtid,
  eventType.anonymousGtid,
  eventType.gtidTagged,
])

/** Whether an event is the one that every transaction begins with. */
export const isTransactionHead = ({ type }: Pick<BinlogEvent, 'type'>): boolean =>
  transactionHeads.has(type)
