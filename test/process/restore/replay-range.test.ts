import { writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { directoryLogs } from '../../../src/restore/replay/directory-logs.ts'
import { findReplayRange, type ReplayRange } from '../../../src/restore/replay/replay-range.ts'
import { stopRuleFor } from '../../../src/restore/replay/stop-rule.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { binlogBytes, gtidBody, type MadeEvent } from '../mysql/binlog-bytes.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const UUID = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'
const scratch = useScratchDir()

/** The second at which all of this begins. */
const T0 = Date.UTC(2026, 10, 20, 9) / 1000
/** Milliseconds after it, as an instant. */
const at = (milliseconds: number): Date => new Date(T0 * 1000 + milliseconds)

const MAGIC_BYTES = 4
const HEADER: MadeEvent = { type: eventType.formatDescription, seconds: T0 - 60 }
/** Bytes of an event without a body of its own, and of a transaction made of two events. */
const EVENT_BYTES = 23
const TRANSACTION_BYTES = 19 + 60 + EVENT_BYTES
const FIRST = MAGIC_BYTES + EVENT_BYTES

/** Transaction `gno`, committed so many microseconds after T0. */
const transaction = (gno: number, micros: number): readonly MadeEvent[] => {
  const seconds = T0 + Math.floor(micros / 1_000_000)
  const transactionBytes = TRANSACTION_BYTES
  const body = gtidBody(gno, BigInt(T0) * 1_000_000n + BigInt(micros), { transactionBytes })
  return [
    { type: eventType.gtid, body, seconds },
    { type: eventType.xid, seconds },
  ]
}

const nameOf = (sequence: number): string => `binlog.${String(sequence).padStart(6, '0')}`

const write = (sequence: number, ...events: readonly MadeEvent[]): void =>
  writeFileSync(scratch(nameOf(sequence)), binlogBytes(HEADER, ...events))

/** Three files with two transactions each, one second apart and committed 5 µs after the full second. */
beforeEach(() => {
  for (const sequence of [1, 2, 3])
    write(
      sequence,
      ...transaction(2 * sequence - 1, (2 * sequence - 1) * 1_000_000 + 5),
      ...transaction(2 * sequence, 2 * sequence * 1_000_000 + 5),
    )
})

const start = (sequence: number, position = FIRST) => ({
  file: nameOf(sequence),
  position,
  gtidExecuted: '',
})

const rangeTo = async (from: ReturnType<typeof start>, target: RecoveryTarget) =>
  findReplayRange(await directoryLogs(scratch(), from), stopRuleFor(target, ''), '')
const rangeToEnd = (from: ReturnType<typeof start>) => rangeTo(from, { kind: 'end' })
const rangeToTime = (from: ReturnType<typeof start>, time: Date) =>
  rangeTo(from, { kind: 'time', time })

const namesOf = ({ logs }: ReplayRange) => logs.map(({ name }) => Number(name.slice(-1)))
const END = FIRST + 2 * TRANSACTION_BYTES

describe('findReplayRange', () => {
  it('is everything from the start to the end of the last file when the end is the target', async () => {
    const range = await rangeToEnd(start(2))
    expect(range).toMatchObject({
      startPosition: FIRST,
      endPosition: END,
      transactions: 4,
      gtids: `${UUID}:3-6`,
      gtidBefore: undefined,
      lastTime: at(6001),
      isStopped: false,
    })
    expect(namesOf(range)).toEqual([2, 3])
  })

  it('starts in the middle of a file, and tells what stands before', async () => {
    const range = await rangeToEnd(start(1, FIRST + TRANSACTION_BYTES))
    expect(range).toMatchObject({
      startPosition: FIRST + TRANSACTION_BYTES,
      transactions: 5,
      gtids: `${UUID}:2-6`,
      gtidBefore: `${UUID}:1`,
    })
    expect(namesOf(range)).toEqual([1, 2, 3])
  })

  it('is refused when it would start within a transaction', async () => {
    for (const position of [FIRST + 1, FIRST + TRANSACTION_BYTES - 1])
      expect(await failureOf(rangeToEnd(start(1, position)))).toMatchObject({
        code: 'BINLOG_GAP',
        message: `the backup ends at position ${position} of binlog.000001, where no transaction of this file ends`,
      })
  })

  it('stops before the first transaction that was committed later', async () => {
    const range = await rangeToTime(start(1), at(3500))
    expect(range).toMatchObject({
      endPosition: FIRST + TRANSACTION_BYTES,
      transactions: 3,
      gtids: `${UUID}:1-3`,
      isStopped: true,
    })
    expect(namesOf(range)).toEqual([1, 2])
  })

  it('stops at the end of a file when all of the next was committed later', async () => {
    const range = await rangeToTime(start(1), at(4500))
    expect(range).toMatchObject({ endPosition: END, transactions: 4, isStopped: true })
    expect(namesOf(range)).toEqual([1, 2])
  })

  it('goes by the microsecond', async () => {
    write(7, ...transaction(1, 1_000_000), ...transaction(2, 1_000_001))
    const exactly = await rangeToTime(start(7), at(1000))
    expect(exactly).toMatchObject({ transactions: 1, endPosition: FIRST + TRANSACTION_BYTES })
    const before = await rangeToTime(start(7), at(999))
    expect(before).toMatchObject({ transactions: 0, endPosition: FIRST, gtids: '' })
    const after = await rangeTo(start(7), { kind: 'time', time: at(1000), micros: 1 })
    expect(after).toMatchObject({ transactions: 2, endPosition: END, isStopped: false })
  })

  it('finds that the time it tells of is enough to reach the last transaction', async () => {
    const { lastTime } = await rangeToEnd(start(1))
    expect(await rangeToTime(start(1), lastTime ?? at(0))).toMatchObject({
      transactions: 6,
      isStopped: false,
    })
  })

  it('goes by the full second where no commit time was written', async () => {
    write(
      7,
      { type: eventType.gtid, body: gtidBody(1, 0n).subarray(0, 42), seconds: T0 + 1 },
      { type: eventType.gtid, body: gtidBody(2, 0n).subarray(0, 42), seconds: T0 + 2 },
    )
    const range = await rangeToTime(start(7), at(1999))
    expect(range).toMatchObject({ transactions: 1, gtids: `${UUID}:1-1` })
  })

  it('counts anonymous transactions, which have no GTID', async () => {
    write(
      7,
      ...transaction(1, 1_000_000).map((event) => ({
        ...event,
        type: event.type === eventType.gtid ? eventType.anonymousGtid : event.type,
      })),
    )
    expect(await rangeToEnd(start(7))).toMatchObject({ transactions: 1, gtids: '' })
  })

  it('writes GTIDs as runs, however they are mixed', async () => {
    const gnos = [5, 6, 7, 9, 8, 10, 3]
    write(7, ...gnos.flatMap((gno, i) => transaction(gno, i)))
    const { gtids } = await rangeToEnd(start(7))
    expect(gtids).toBe(
      ['5-7', '9-9', '8-8', '10-10', '3-3'].map((run) => `${UUID}:${run}`).join(','),
    )
  })

  it('holds nothing when nothing comes after the start', async () => {
    expect(await rangeToTime(start(3, END), at(9000))).toMatchObject({
      transactions: 0,
      gtids: '',
      gtidBefore: `${UUID}:6`,
      endPosition: END,
      lastTime: undefined,
      isStopped: false,
    })
  })

  it('reads as far as the last file is written: the donor may be at work on it', async () => {
    const bytes = binlogBytes(HEADER, ...transaction(5, 5_000_005), ...transaction(6, 6_000_005))
    for (const missing of [3, EVENT_BYTES, EVENT_BYTES + 40, TRANSACTION_BYTES]) {
      writeFileSync(scratch(nameOf(3)), bytes.subarray(0, -missing))
      expect(await rangeToEnd(start(1))).toMatchObject({
        transactions: 5,
        gtids: `${UUID}:1-5`,
        endPosition: FIRST + TRANSACTION_BYTES,
      })
    }
  })

  it('passes over what follows the last transaction of a file', async () => {
    const rotate = { type: eventType.rotate, body: Buffer.from('0400000000000000binlog.000004') }
    write(3, ...transaction(5, 5_000_005), rotate)
    const range = await rangeToEnd(start(3))
    expect(range).toMatchObject({ transactions: 1, endPosition: FIRST + TRANSACTION_BYTES })
  })

  it('refuses a file that others follow and that ends within an event', async () => {
    const bytes = binlogBytes(HEADER, ...transaction(1, 1))
    writeFileSync(scratch(nameOf(1)), bytes.subarray(0, -3))
    expect((await failureOf(rangeToTime(start(1), at(9000)))).code).toBe('INTEGRITY')
  })
})
