// The event every binlog begins with: which server wrote it, and whether events have checksums.
// Format: libs/mysql/binlog/event/control_events.h (Format_description_event).
import { EVENT_HEADER_BYTES } from './binlog-event.ts'

export interface FormatDescription {
  /** "9.7.4", "8.0.32-26": the version of the server that wrote the file. */
  readonly serverVersion: string
  /** Seconds since 1970 at which the server started with this file; 0 when it started earlier. */
  readonly createdSeconds: number
  /** Whether every event ends with a CRC-32. */
  readonly checksums: boolean
}

/** Body: binlog version 2, server version 50, created 4, header length 1, lengths by type. */
const binlogVersion = 4
const versionOffset = 2
const versionBytes = 50
const createdOffset = versionOffset + versionBytes
const headerLengthOffset = createdOffset + 4

/** At the end of the event: the algorithm, and a checksum that is there even when it is off. */
const algorithmFromEnd = 5
const crc32Algorithm = 1

/** Servers before 5.6.1 know no checksums: their event ends with the lengths. */
const firstWithChecksums = [5, 6, 1] as const

const hasAlgorithm = (serverVersion: string): boolean => {
  const parts = serverVersion.split(/[.-]/u, 3).map(Number)
  for (const [index, least] of firstWithChecksums.entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}

const textBefore0 = (bytes: Buffer): string => {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}

/**
 * Reads the body of an event of type 15, all that follows its header; undefined for another
 * binlog version than 4 (MySQL before 5.0) and for bytes that are no such event.
 */
export const parseFormatDescription = (body: Buffer): FormatDescription | undefined => {
  if (body.length < headerLengthOffset + 1 + algorithmFromEnd) return undefined
  if (body.readUInt16LE(0) !== binlogVersion) return undefined
  if (body.readUInt8(headerLengthOffset) !== EVENT_HEADER_BYTES) return undefined
  const serverVersion = textBefore0(body.subarray(versionOffset, createdOffset))
  return {
    serverVersion,
    createdSeconds: body.readUInt32LE(createdOffset),
    checksums:
      hasAlgorithm(serverVersion) &&
      body.readUInt8(body.length - algorithmFromEnd) === crc32Algorithm,
  }
}
