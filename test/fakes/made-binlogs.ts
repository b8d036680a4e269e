// Binlogs made up from their transactions, in memory, and given to a replay as its logs.

import { surveyBinlog } from '../../src/binlog/survey-binlog.ts'
import { eventType } from '../../src/mysql/binlog-event.ts'
import { type BinlogEvent, scanBinlogBlocks } from '../../src/mysql/binlog-file.ts'
import { parseGtidSet } from '../../src/mysql/gtid-set.ts'
import type { ReplayLog } from '../../src/restore/replay/replay-log.ts'
import { binlogBytes, gtidBody, type MadeEvent } from '../process/mysql/binlog-bytes.ts'
import { serverUuid } from './binlog-facts.ts'

/** When everything begins, in milliseconds. */
export const T0 = Date.UTC(2026, 10, 20, 9)

/** Microseconds after T0, as the server writes them. */
export const microsAt = (micros: number): bigint => BigInt(T0) * 1000n + BigInt(micros)

export interface MadeTransaction {
  /** "uuid:7"; undefined without GTIDs. */
  readonly gtid: string | undefined
  /** Of the commit, after T0. */
  readonly micros: number
  /** Behind the head; one event by default. */
  readonly events?: readonly MadeEvent[]
}

/** Transaction of one server by its number. */
export const transaction = (
  number: number,
  micros = number * 1_000_000,
  uuid = serverUuid,
): MadeTransaction => ({ gtid: `${uuid}:${number}`, micros })

export interface MadeBinlog {
  readonly name: string
  readonly previousGtids?: string
  readonly transactions: readonly MadeTransaction[]
  /** It ends with a rotation to this file. */
  readonly next?: string
}

const HEADER_BYTES = 19
const MAGIC_BYTES = 4

const formatDescription = (): MadeEvent => {
  const body = Buffer.alloc(57 + 41 + 5)
  body.writeUInt16LE(4, 0)
  body.write('9.7.4', 2)
  body.writeUInt8(HEADER_BYTES, 56)
  return { type: eventType.formatDescription, body, seconds: T0 / 1000 - 60 }
}

const previousGtidsEvent = (text: string): MadeEvent => {
  const groups = [...parseGtidSet(text)]
  const parts = [u64(groups.length)]
  for (const [uuid, intervals] of groups) {
    parts.push(Buffer.from(uuid.replaceAll('-', ''), 'hex'), u64(intervals.length))
    for (const { first, last } of intervals) parts.push(u64(first), u64(last + 1n))
  }
  return { type: eventType.previousGtids, body: Buffer.concat(parts), seconds: T0 / 1000 - 60 }
}

const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

const rotation = (next: string): MadeEvent => ({
  type: eventType.rotate,
  body: Buffer.concat([u64(4), Buffer.from(next)]),
})

const sizeOf = ({ body }: MadeEvent): number => HEADER_BYTES + (body?.length ?? 4)
const sumOf = (events: readonly MadeEvent[]): number =>
  events.reduce((sum, event) => sum + sizeOf(event), 0)

/** The events of a transaction, the first of which tells its length. */
export const eventsOf = ({ gtid, micros, events }: MadeTransaction): readonly MadeEvent[] => {
  const seconds = Math.floor((T0 * 1000 + micros) / 1_000_000)
  const rest = events ?? [{ type: eventType.xid, seconds }]
  const [uuid = serverUuid, number = '0'] = gtid?.split(':') ?? []
  const head = (transactionBytes: number): MadeEvent => ({
    type: gtid === undefined ? eventType.anonymousGtid : eventType.gtid,
    body: gtidBody(Number(number), microsAt(micros), { uuid, transactionBytes }),
    seconds,
  })
  return [head(sumOf([head(0), ...rest])), ...rest]
}

const introOf = ({ previousGtids = '' }: MadeBinlog): readonly MadeEvent[] => [
  formatDescription(),
  previousGtidsEvent(previousGtids),
]

/** The whole file. */
export const bytesOf = (binlog: MadeBinlog): Buffer =>
  binlogBytes(
    ...introOf(binlog),
    ...binlog.transactions.flatMap(eventsOf),
    ...(binlog.next === undefined ? [] : [rotation(binlog.next)]),
  )

/** Where each transaction of a binlog ends; before the first, where that begins. */
export const endsOf = (binlog: MadeBinlog): readonly number[] => {
  const ends = [MAGIC_BYTES + sumOf(introOf(binlog))]
  for (const made of binlog.transactions) ends.push((ends.at(-1) ?? 0) + sumOf(eventsOf(made)))
  return ends
}

const eventsIn = (bytes: Buffer, name: string, open: boolean): AsyncIterable<BinlogEvent> => {
  async function* blocks(): AsyncGenerator<Buffer> {
    await Promise.resolve()
    yield bytes
  }
  return scanBinlogBlocks(blocks(), { name, open })
}

export interface MadeLogShape {
  /** What an index would say of it is known, so that it need not be read. */
  readonly sealed?: boolean
  readonly changesServer?: boolean
  /** The file ends so many bytes too early. */
  readonly missingBytes?: number
}

/** A log of a replay that lies in memory. */
export const logOf = async (
  binlog: MadeBinlog,
  { sealed = false, changesServer = false, missingBytes = 0 }: MadeLogShape = {},
): Promise<ReplayLog> => {
  const { name } = binlog
  const whole = bytesOf(binlog)
  const bytes = whole.subarray(0, whole.length - missingBytes)
  const sizeBytes = bytes.length
  const events = () => eventsIn(bytes, name, !sealed)
  return {
    ...{ name, sizeBytes, changesServer, events },
    path: `/binlogs/${name}`,
    facts: sealed ? await surveyBinlog(events(), { name, sizeBytes }) : undefined,
    isOpen: !sealed,
    copyTo: () => Promise.reject(new Error('nothing copies what is in memory')),
  }
}
