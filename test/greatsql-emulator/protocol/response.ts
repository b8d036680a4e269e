// Follows the packets of one response to COM_QUERY to see where it ends (MySQL internals, "COM_QUERY
// Response"): rows, an OK, an error, or several results one after another.
import { DEPRECATE_EOF, has } from './capabilities.ts'
import { readLenencInt } from './fields.ts'

const OK = 0x00
const LOCAL_INFILE = 0xfb
const EOF = 0xfe
const ERROR = 0xff
const LONGEST_EOF = 9
const MORE_RESULTS = 0x0008

/** What a packet is within the response. */
export type Part = 'column' | 'row' | 'other' | 'infile' | 'end' | 'error'

/** Where the status flags stand in an OK (or the OK that ends rows) or in an EOF packet. */
const statusOffset = (payload: Buffer, isEof: boolean): number => {
  if (isEof) return 3
  return readLenencInt(payload, readLenencInt(payload, 1).next).next
}

/** An EOF packet is its mark, warnings and status; an OK in its place is always longer. */
const EOF_BYTES = 5

/** A copy of a packet that ends a result, saying that more results follow. */
export const withMoreResults = (payload: Buffer): Buffer => {
  const copy = Buffer.from(payload)
  const at = statusOffset(copy, copy.length === EOF_BYTES)
  copy.writeUInt16LE(copy.readUInt16LE(at) | MORE_RESULTS, at)
  return copy
}

/** Takes the packets of a response in order and says of each what it is. */
export const followResponse = (capabilities: number): ((payload: Buffer) => Part) => {
  const endsWithOk = has(capabilities, DEPRECATE_EOF)
  let phase: 'first' | 'columns' | 'columns-end' | 'rows' = 'first'
  let columns = 0

  const end = (payload: Buffer, isEof: boolean): Part => {
    phase = 'first'
    const status = payload.readUInt16LE(statusOffset(payload, isEof))
    return (status & MORE_RESULTS) === 0 ? 'end' : 'other'
  }
  const first = (payload: Buffer): Part => {
    if (payload[0] === OK) return end(payload, false)
    if (payload[0] === LOCAL_INFILE) return 'infile'
    columns = Number(readLenencInt(payload, 0).value)
    phase = 'columns'
    return 'other'
  }
  const column = (): Part => {
    columns -= 1
    if (columns === 0) phase = endsWithOk ? 'rows' : 'columns-end'
    return 'column'
  }
  const isEnd = (payload: Buffer): boolean =>
    payload[0] === EOF && payload.length < (endsWithOk ? 0xffffff : LONGEST_EOF)

  return (payload) => {
    if (payload[0] === ERROR) return 'error'
    if (phase === 'first') return first(payload)
    if (phase === 'columns') return column()
    if (phase === 'rows') return isEnd(payload) ? end(payload, !endsWithOk) : 'row'
    phase = 'rows'
    return 'other'
  }
}
