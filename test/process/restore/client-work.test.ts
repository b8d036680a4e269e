import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { type ClientWork, findClientWork } from '../../../src/restore/replay/client-work.ts'
import type { Place } from '../../../src/restore/replay/split-stretch.ts'
import { bytesOf, endsOf, type MadeBinlog, transaction } from '../../fakes/made-binlogs.ts'
import type { MadeEvent } from '../mysql/binlog-bytes.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()

/** As the server writes it, with status variables that name an account and may be long. */
const statement = (text: string, variables = 40, thread = 7): MadeEvent => {
  const lengths = Buffer.alloc(13)
  lengths.writeUInt32LE(thread, 0)
  lengths.writeUInt8('shop'.length, 8)
  lengths.writeUInt16LE(variables, 11)
  const account = Buffer.alloc(variables)
  account.write('\u000b\u0005maker\u0001%')
  return {
    type: eventType.query,
    body: Buffer.concat([lengths, account, Buffer.from(`shop\0${text}`)]),
  }
}

const EVENT = statement('CREATE DEFINER=`root`@`%` EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1')
const rows: readonly MadeEvent[] = [statement('BEGIN'), { type: eventType.xid }]
const make = (thread: number) => statement('CREATE TEMPORARY TABLE t (id INT)', 40, thread)
const drop = (thread: number) => statement('DROP TEMPORARY TABLE t', 40, thread)

/** Two binlogs with these transactions. */
const twoOf = (
  ...transactions: readonly (readonly (readonly MadeEvent[])[])[]
): readonly MadeBinlog[] =>
  transactions.map((all, log) => ({
    name: `binlog.00000${log + 1}`,
    transactions: all.map((events, index) => ({ ...transaction(10 * log + index), events })),
    next: `binlog.00000${log + 2}`,
  }))

/** All between the transactions with these numbers, by default everything. */
const found = (
  binlogs: readonly MadeBinlog[],
  { first = 0, last }: { readonly first?: number; readonly last?: number } = {},
): Promise<ClientWork> => {
  const logs = binlogs.map((binlog) => {
    const path = scratch(binlog.name)
    writeFileSync(path, bytesOf(binlog))
    return { path, sizeBytes: bytesOf(binlog).length }
  })
  const ends = binlogs.map(endsOf)
  return findClientWork({
    logs,
    startPosition: ends[0]?.[first] ?? 0,
    endPosition: ends.at(-1)?.at(last ?? -1) ?? 0,
  })
}

const placeIn =
  (binlogs: readonly MadeBinlog[]) =>
  (log: number, number: number): Place => ({
    log,
    position: endsOf(binlogs[log] ?? { name: '', transactions: [] })[number] ?? 0,
  })

describe('findClientWork', () => {
  const binlogs = twoOf(
    [[EVENT], rows],
    [[statement('DROP EVENT e')], [statement('ALTER EVENT shop.e DISABLE', 900)], [EVENT]],
  )
  const at = placeIn(binlogs)
  const altered = { after: at(1, 1), from: at(1, 1), to: at(1, 2) }

  it('finds the transactions that make or change an event, and whom one was given to', async () => {
    expect(await found(binlogs)).toEqual({
      singledOut: [
        { after: at(0, 0), from: at(0, 0), to: at(0, 1) },
        altered,
        { after: at(1, 2), from: at(1, 2), to: at(1, 3) },
      ],
      takenOver: [{ schema: 'shop', name: 'e', by: { user: 'maker', host: '%' } }],
    })
  })

  it('leaves out what lies before the stretch or after it', async () => {
    expect((await found(binlogs, { first: 1, last: 2 })).singledOut).toEqual([altered])
    expect(await found(binlogs, { last: 1 })).toMatchObject({ takenOver: [] })
  })

  it('tells where the transaction before it ends, though that is in another binlog', async () => {
    const others = twoOf([rows, rows], [[EVENT], rows])
    const place = placeIn(others)
    expect((await found(others)).singledOut).toEqual([
      { after: place(0, 2), from: place(1, 0), to: place(1, 1) },
    ])
  })

  it('keeps together what uses temporary tables while an event is made', async () => {
    const others = twoOf([rows, [make(1)], [make(2)], [drop(1)]], [[EVENT], [drop(2)], [EVENT]])
    const place = placeIn(others)
    expect((await found(others)).singledOut).toEqual([
      { after: place(0, 1), from: place(0, 1), to: place(1, 2) },
      { after: place(1, 2), from: place(1, 2), to: place(1, 3) },
    ])
  })

  it('leaves temporary tables to the applier when no event is made meanwhile', async () => {
    const others = twoOf([[make(1)], rows], [[drop(1)], rows, [make(1)]])
    expect((await found(others)).singledOut).toEqual([])
  })

  it('does not count on temporary tables that were made before the stretch', async () => {
    const others = twoOf([[make(1)], rows], [[EVENT], rows])
    const place = placeIn(others)
    expect((await found(others, { first: 1 })).singledOut).toEqual([
      { after: place(0, 2), from: place(1, 0), to: place(1, 1) },
    ])
  })
})
