// The key file of GreatSQL's clone encryption: three lines with mode, key, and initialisation vector
// (encrypt.cc, read_clone_encrypt_key). The server reads it at every CLONE; a file with only two
// lines crashes it, so the shape is settled before its name goes into clone_encrypt_key_path.

import { createSecretKey, type KeyObject } from 'node:crypto'
import { greatSqlModes, type GreatSqlMode } from './greatsql-mode.ts'
import { refuseKey } from './key-refusal.ts'
import { readSecretFile } from './secret-file.ts'

/** What a key file says, ready to be used. */
export interface GreatSqlKey {
  readonly mode: GreatSqlMode
  /** Folded to the length of the mode. */
  readonly secret: KeyObject
  /** 16 bytes. */
  readonly iv: Buffer
}

/** encrypt.h has room for 256 (MAX_ENCRYPT_KEY_SIZE); nobody is known to have used the last. */
const LONGEST_KEY_BYTES = 255
const IV_BYTES = 16
/** More than three lines at their longest. */
const FILE_LIMIT_BYTES = 4096

const SHAPE =
  'Expected three lines, each ended by a line feed: mode such as aes-256-cbc, key, 16 characters of IV.'

/** my_aes_create_key: a key is laid around the wanted length as often as it reaches, with XOR. */
const foldKey = (key: Buffer, keyBytes: number): Buffer => {
  const folded = Buffer.alloc(keyBytes)
  for (const [at, byte] of key.entries()) {
    const place = at % keyBytes
    folded.writeUInt8(folded.readUInt8(place) ^ byte, place)
  }
  return folded
}

const splitLines = (bytes: Buffer): readonly Buffer[] => {
  const lines: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  // The server needs no line feed at the end of the last line.
  return start < bytes.length ? [...lines, bytes.subarray(start)] : lines
}

const countProblem = (lines: number): string =>
  lines === 2
    ? 'the file has 2 lines, expected 3; such a file crashes the server'
    : `the file has ${lines} lines, expected 3`

const problemOf = (bytes: Buffer, lines: readonly Buffer[]): string | undefined => {
  if (bytes.includes('\r'))
    return 'the file has a carriage return, which the server takes for a part of the line'
  if (bytes.includes(0)) return 'the file has a byte 0, at which the server stops reading a line'
  if (lines.length !== 3) return countProblem(lines.length)
  const [, key = Buffer.alloc(0), iv = Buffer.alloc(0)] = lines
  if (key.length === 0 || key.length > LONGEST_KEY_BYTES)
    return `the key has ${key.length} bytes, expected 1 to ${LONGEST_KEY_BYTES}`
  if (iv.length !== IV_BYTES) return `the third line has ${iv.length} bytes, expected ${IV_BYTES}`
  return undefined
}

/** The server does not mind capitals (find_type); what it takes as an abbreviation is refused here. */
const findMode = (line: Buffer, source: string): GreatSqlMode => {
  const name = line.toString('latin1').toLowerCase()
  const mode = greatSqlModes.find((known) => known.name === name)
  if (mode !== undefined) return mode
  // The line is not repeated: whoever mixed up the lines has the key here.
  throw refuseKey({
    source,
    problem: 'the first line names no mode that is known',
    hint: `Expected one of: ${greatSqlModes.map((known) => known.name).join(', ')}.`,
  })
}

/**
 * Reads the three lines. Throws CONFIG for everything that the server refuses, that crashes it, or
 * that it would silently read as another key than the one that was meant.
 */
export const parseKeyFile = (bytes: Buffer, source: string): GreatSqlKey => {
  const lines = splitLines(bytes)
  const problem = problemOf(bytes, lines)
  if (problem !== undefined) throw refuseKey({ source, problem, hint: SHAPE })
  const [modeLine = bytes, key = bytes, iv = bytes] = lines
  const mode = findMode(modeLine, source)
  return { mode, secret: createSecretKey(foldKey(key, mode.keyBytes)), iv: Buffer.from(iv) }
}

/** Reads a key file that others cannot read. Throws CONFIG. */
export const readGreatSqlKey = async (path: string): Promise<GreatSqlKey> =>
  parseKeyFile(await readSecretFile(path, FILE_LIMIT_BYTES), path)
