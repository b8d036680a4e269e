import { writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { BinlogFile } from '../../../src/mysql/binlog-directory.ts'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import {
  findReplayRange,
  lastTimeIn,
  requireSameHistory,
} from '../../../src/restore/replay-range.ts'
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
  const body = gtidBody(gno, BigInt(T0) * 1_000_000n + BigInt(micros))
  return [
    { type: eventType.gtid, body, seconds },
    { type: eventType.xid, seconds },
  ]
}

const nameOf = (sequence: number): string => `binlog.${String(sequence).padStart(6, '0')}`

const write = (sequence: number, ...events: readonly MadeEvent[]): BinlogFile => {
  const bytes = binlogBytes(HEADER, ...events)
  const path = scratch(nameOf(sequence))
  writeFileSync(path, bytes)
  return { name: nameOf(sequence), path, sequence, sizeBytes: bytes.length }
}

/** Three files with two transactions each, one second apart and committed 5 µs after the full second. */
let files: readonly BinlogFile[] = []
beforeEach(() => {
  files = [1, 2, 3].map((sequence) =>
    write(
      sequence,
      ...transaction(2 * sequence - 1, (2 * sequence - 1) * 1_000_000 + 5),
      ...transaction(2 * sequence, 2 * sequence * 1_000_000 + 5),
    ),
  )
})

const start = (sequence: number, position = FIRST) => ({ file: nameOf(sequence), position })
const namesOf = (range: { readonly files: readonly BinlogFile[] }) =>
  range.files.map(({ sequence }) => sequence)

describe('findReplayRange', () => {
  it('is everything from the start to the end of the last file when no time is given', async () => {
    const range = await findReplayRange(files, start(2), undefined)
    expect(range).toMatchObject({
      startPosition: FIRST,
      stopPosition: undefined,
      transactions: 4,
      gtids: `${UUID}:3-6`,
      gtidBefore: undefined,
      lastTime: at(6001),
    })
    expect(namesOf(range)).toEqual([2, 3])
  })

  it('starts in the middle of a file, and tells what stands before', async () => {
    const range = await findReplayRange(files, start(1, FIRST + TRANSACTION_BYTES), undefined)
    expect(range).toMatchObject({
      startPosition: FIRST + TRANSACTION_BYTES,
      transactions: 5,
      gtids: `${UUID}:2-6`,
      gtidBefore: `${UUID}:1`,
    })
    expect(namesOf(range)).toEqual([1, 2, 3])
  })

  it('stops before the first transaction that was committed later', async () => {
    const range = await findReplayRange(files, start(1), at(3500))
    expect(range).toMatchObject({
      stopPosition: FIRST + TRANSACTION_BYTES,
      transactions: 3,
      gtids: `${UUID}:1-3`,
    })
    expect(namesOf(range)).toEqual([1, 2])
  })

  it('stops at the head of a file when all of it was committed later', async () => {
    const range = await findReplayRange(files, start(1), at(4500))
    expect(range).toMatchObject({ stopPosition: FIRST, transactions: 4 })
    expect(namesOf(range)).toEqual([1, 2, 3])
  })

  it('goes by the microsecond', async () => {
    const one = [write(7, ...transaction(1, 1_000_000), ...transaction(2, 1_000_001))]
    const exactly = await findReplayRange(one, start(7), at(1000))
    expect(exactly).toMatchObject({ transactions: 1, stopPosition: FIRST + TRANSACTION_BYTES })
    const before = await findReplayRange(one, start(7), at(999))
    expect(before).toMatchObject({ transactions: 0, stopPosition: FIRST, gtids: '' })
    const after = await findReplayRange(one, start(7), at(1001))
    expect(after).toMatchObject({ transactions: 2, stopPosition: undefined })
  })

  it('finds that the time it tells of is enough to reach the last transaction', async () => {
    const { lastTime } = await findReplayRange(files, start(1), undefined)
    expect(await findReplayRange(files, start(1), lastTime)).toMatchObject({
      transactions: 6,
      stopPosition: undefined,
    })
  })

  it('goes by the full second where no commit time was written', async () => {
    const old = [
      write(
        7,
        { type: eventType.gtid, body: gtidBody(1, 0n).subarray(0, 42), seconds: T0 + 1 },
        { type: eventType.gtid, body: gtidBody(2, 0n).subarray(0, 42), seconds: T0 + 2 },
      ),
    ]
    const range = await findReplayRange(old, start(7), at(1999))
    expect(range).toMatchObject({ transactions: 1, gtids: `${UUID}:1-1` })
  })

  it('counts anonymous transactions, which have no GTID', async () => {
    const [head, end] = transaction(1, 1_000_000)
    const anonymous = { ...head!, type: eventType.anonymousGtid }
    const range = await findReplayRange([write(7, anonymous, end!)], start(7), undefined)
    expect(range).toMatchObject({ transactions: 1, gtids: '' })
  })

  it('writes GTIDs as runs, however they are mixed', async () => {
    const gnos = [5, 6, 7, 9, 8, 10, 3]
    const mixed = [write(7, ...gnos.flatMap((gno, i) => transaction(gno, i)))]
    const { gtids } = await findReplayRange(mixed, start(7), undefined)
    expect(gtids).toBe(
      ['5-7', '9-9', '8-8', '10-10', '3-3'].map((run) => `${UUID}:${run}`).join(','),
    )
  })

  it('holds nothing when nothing comes after the start', async () => {
    const end = files[2]!.sizeBytes
    expect(await findReplayRange(files, start(3, end), at(9000))).toMatchObject({
      transactions: 0,
      gtids: '',
      gtidBefore: `${UUID}:6`,
      stopPosition: undefined,
      lastTime: undefined,
    })
  })

  it('reads as far as the last file is written: the donor may be at work on it', async () => {
    const last = files[2]!
    writeFileSync(last.path, binlogBytes(HEADER, ...transaction(5, 5_000_005)).subarray(0, -3))
    const range = await findReplayRange(files, start(1), undefined)
    expect(range).toMatchObject({ transactions: 5, stopPosition: undefined })
  })
})

describe('binlogs that do not reach', () => {
  const refusal = (given: readonly BinlogFile[], from = start(1)) =>
    failureOf(findReplayRange(given, from, at(9000)))

  it('lack the file the backup ends in', async () => {
    expect(await refusal(files.slice(1))).toMatchObject({
      code: 'BINLOG_GAP',
      message:
        'the backup ends in binlog.000001, which is not among the binlogs (binlog.000002 to binlog.000003)',
    })
    expect((await refusal([])).message).toContain('not among the binlogs (none)')
  })

  it('end before the backup does', async () => {
    expect(await refusal(files, start(1, 5000))).toMatchObject({
      code: 'BINLOG_GAP',
      message: `the backup ends at position 5000 of binlog.000001, which has only ${files[0]!.sizeBytes} bytes`,
    })
  })

  it('lack a file in between', async () => {
    expect(await refusal([files[0]!, files[2]!])).toMatchObject({
      code: 'BINLOG_GAP',
      message: 'binlogs are missing between binlog.000001 and binlog.000003',
    })
  })

  it('may lack files before the start', async () => {
    const range = await findReplayRange([files[0]!, files[2]!], start(3), undefined)
    expect(range.transactions).toBe(2)
  })

  it('are damaged when a file that others follow ends within an event', async () => {
    writeFileSync(files[0]!.path, binlogBytes(HEADER, ...transaction(1, 1)).subarray(0, -3))
    expect((await refusal(files)).code).toBe('INTEGRITY')
  })
})

describe('requireSameHistory', () => {
  const judge = async (gtidExecuted: string, position: number) => {
    const range = await findReplayRange(files, start(1, position), undefined)
    requireSameHistory({ file: nameOf(1), gtidExecuted }, range)
  }
  const behindFirst = FIRST + TRANSACTION_BYTES

  it('accepts binlogs whose transaction before the start is in the backup', async () => {
    await expect(judge(`${UUID}:1-7`, behindFirst)).resolves.toBeUndefined()
  })

  it('cannot tell when nothing stands before the start', async () => {
    await expect(judge('', FIRST)).resolves.toBeUndefined()
  })

  it.each(['', `${UUID}:2-7`, '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7'])(
    'refuses them when the backup holds "%s"',
    async (gtidExecuted) => {
      expect(await failureOf(judge(gtidExecuted, behindFirst))).toMatchObject({
        code: 'BINLOG_GAP',
        message: `the binlogs are of another history: ${UUID}:1 stands before the backup's end in binlog.000001, but the backup does not hold it`,
      })
    },
  )
})

describe('lastTimeIn', () => {
  it('is the latest commit, rounded up to the millisecond', async () => {
    expect(await lastTimeIn(files[2])).toEqual(at(6001))
  })

  it('is the time the file was begun when it holds no transaction', async () => {
    expect(await lastTimeIn(write(7))).toEqual(at(-60_000))
  })

  it('is none without a file, or with nothing in it yet', async () => {
    writeFileSync(scratch('binlog.000009'), '')
    const empty = { ...write(8), path: scratch('binlog.000009'), sizeBytes: 0 }
    expect(await lastTimeIn(undefined)).toBeUndefined()
    expect(await lastTimeIn(empty)).toBeUndefined()
  })
})
