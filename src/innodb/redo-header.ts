// The header of a redo log file `#ib_redoN` as written since MySQL 8.0.30. Integers are
// big-endian. Source: storage/innobase/include/log0constants.h (LOG_HEADER_*, LOG_CHECKPOINT_*).

import { ClonectlError } from '../errors.ts'

/** Bytes before the first log block (LOG_FILE_HDR_SIZE). */
export const REDO_HEADER_BYTES = 2048
/** Size of a log block (OS_FILE_LOG_BLOCK_SIZE, os0file.h). */
export const REDO_BLOCK_BYTES = 512

const LOG_HEADER_FORMAT = 0
const LOG_HEADER_START_LSN = 8
const LOG_HEADER_CREATOR = 16
const LOG_HEADER_CREATOR_END = 48
/** LOG_CHECKPOINT_1 and LOG_CHECKPOINT_2, each with LOG_CHECKPOINT_LSN at 8. */
const CHECKPOINT_1_LSN = REDO_BLOCK_BYTES + 8
const CHECKPOINT_2_LSN = 3 * REDO_BLOCK_BYTES + 8
/** The first format of the directory `#innodb_redo` (Log_format::VERSION_8_0_30, log0types.h). */
const FORMAT_8_0_30 = 6

/** What the header of a redo file says. */
export interface RedoHeader {
  readonly format: number
  /** LSN of the first log block, at byte REDO_HEADER_BYTES; a multiple of REDO_BLOCK_BYTES. */
  readonly startLsn: bigint
  /** "MySQL 9.7.4", or "MySQL Clone" in a clone. */
  readonly creator: string
  /** The newer of the file's two checkpoints; 0 in files that never had one. */
  readonly checkpointLsn: bigint
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const broken = (name: string, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name}: ${problem}`, { details: { file: name } })

const readCreator = (header: Buffer): string => {
  const text = header.toString('latin1', LOG_HEADER_CREATOR, LOG_HEADER_CREATOR_END)
  return text.split('\0', 1)[0] ?? ''
}

/**
 * Reads the header out of the first bytes of a redo file (2048 at least). In a clone the file with
 * the lowest number carries the checkpoint from which recovery starts. Throws INTEGRITY, naming the
 * file (`name`), when the bytes are not the header of a redo file of MySQL 8.0.30 or later.
 */
export const parseRedoHeader = (firstBytes: Buffer, name = 'redo file'): RedoHeader => {
  if (firstBytes.length < REDO_HEADER_BYTES) {
    throw broken(
      name,
      `holds ${firstBytes.length} bytes, expected a header of ${REDO_HEADER_BYTES}`,
    )
  }
  const format = firstBytes.readUInt32BE(LOG_HEADER_FORMAT)
  if (format < FORMAT_8_0_30) {
    throw broken(name, `redo format ${format}, expected ${FORMAT_8_0_30} or later`)
  }
  const startLsn = firstBytes.readBigUInt64BE(LOG_HEADER_START_LSN)
  if (startLsn === 0n || startLsn % BigInt(REDO_BLOCK_BYTES) !== 0n) {
    throw broken(name, `starts at LSN ${startLsn}, expected a multiple of 512 above 0`)
  }
  const checkpointLsn = larger(
    firstBytes.readBigUInt64BE(CHECKPOINT_1_LSN),
    firstBytes.readBigUInt64BE(CHECKPOINT_2_LSN),
  )
  return { format, startLsn, creator: readCreator(firstBytes), checkpointLsn }
}

/**
 * Number of a redo file by its path or name: 12 for `#ib_redo12`. Undefined for every other name;
 * `#ib_redo12_tmp` is a spare file without log (log0constants.h).
 */
export const redoFileNumber = (path: string): number | undefined => {
  const digits = /(?:^|\/)#ib_redo(\d{1,15})$/.exec(path)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
