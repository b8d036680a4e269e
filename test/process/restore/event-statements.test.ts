import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { findEventStatements } from '../../../src/restore/event-statements.ts'
import { bytesOf, endsOf, type MadeBinlog, transaction } from '../../fakes/made-binlogs.ts'
import type { MadeEvent } from '../mysql/binlog-bytes.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()

/** As the server writes it, with status variables of some length. */
const statement = (text: string, variables = 40): MadeEvent => {
  const lengths = Buffer.alloc(13)
  lengths.writeUInt8('shop'.length, 8)
  lengths.writeUInt16LE(variables, 11)
  const body = Buffer.concat([lengths, Buffer.alloc(variables), Buffer.from(`shop\0${text}`)])
  return { type: eventType.query, body }
}

const EVENT = statement('CREATE DEFINER=`root`@`%` EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1')
const of = (number: number, ...events: readonly MadeEvent[]) => ({
  ...transaction(number),
  events,
})

const binlogs: readonly MadeBinlog[] = [
  {
    name: 'binlog.000001',
    transactions: [of(1, EVENT), of(2, statement('BEGIN'), { type: eventType.xid })],
    next: 'binlog.000002',
  },
  {
    name: 'binlog.000002',
    transactions: [
      of(3, statement('DROP EVENT e')),
      of(4, statement('ALTER EVENT shop.e DISABLE', 900)),
      of(5, EVENT),
    ],
  },
]

const found = async (startPosition: number, endPosition: number) => {
  const logs = binlogs.map((binlog) => {
    const path = scratch(binlog.name)
    writeFileSync(path, bytesOf(binlog))
    return { path, sizeBytes: bytesOf(binlog).length }
  })
  return findEventStatements({ logs, startPosition, endPosition })
}

describe('findEventStatements', () => {
  const [first = [], second = []] = binlogs.map(endsOf)
  const place = (log: number, ends: readonly number[], index: number) => ({
    log,
    position: ends[index] ?? 0,
    endPosition: ends[index + 1] ?? 0,
  })

  it('finds the transactions that make or change an event, with their boundaries', async () => {
    expect(await found(first[0] ?? 0, second[3] ?? 0)).toEqual([
      place(0, first, 0),
      place(1, second, 1),
      place(1, second, 2),
    ])
  })

  it('leaves out what lies before the stretch or after it', async () => {
    expect(await found(first[1] ?? 0, second[2] ?? 0)).toEqual([place(1, second, 1)])
  })
})
