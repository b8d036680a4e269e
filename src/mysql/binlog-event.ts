// The 19-byte header every binlog event begins with.
// Format: libs/mysql/binlog/event/binlog_event.h (Log_event_header), all integers little-endian.

/** The numbers of the event types that clonectl looks at (enum Log_event_type). */
export const eventType = {
  query: 2,
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  transactionPayload: 40,
  gtidTagged: 42,
} as const

/** Size of the header (LOG_EVENT_HEADER_LEN). */
export const EVENT_HEADER_BYTES = 19

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

/** Reads the header at the beginning of `bytes`, which must hold at least 19 of them. */
export const parseEventHeader = (bytes: Buffer): EventHeader => ({
  timestampSeconds: bytes.readUInt32LE(0),
  type: bytes.readUInt8(4),
  serverId: bytes.readUInt32LE(5),
  sizeBytes: bytes.readUInt32LE(9),
  endPosition32: bytes.readUInt32LE(13),
  flags: bytes.readUInt16LE(17),
})
