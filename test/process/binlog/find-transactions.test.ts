// Searches in made binlogs, for what a test server would take too long to write.
import { compress } from '@mongodb-js/zstd'
import { describe, expect, it } from 'vitest'
import { findTransactions } from '../../../src/binlog/find-transactions.ts'
import type { SearchedBinlog, TransactionSearch } from '../../../src/binlog/transaction-search.ts'
import { scanBinlogBlocks } from '../../../src/mysql/binlog-file.ts'
import { readTablePatterns } from '../../../src/mysql/table-pattern.ts'
import { binlogFacts } from '../../fakes/binlog-facts.ts'
import { binlogBytes, gtidBody, type MadeEvent, statementBody } from '../mysql/binlog-bytes.ts'

const micros = 1_795_191_401_000_000n

const head = (gno: number, transactionBytes = 0): MadeEvent => {
  const body = gtidBody(gno, micros + BigInt(gno))
  body.writeUInt8(transactionBytes, 49)
  return { type: 33, body }
}

const statement = (text: string): MadeEvent => ({ type: 2, body: statementBody(text) })

const payload = (content: Buffer, compression: number, uncompressedBytes: number): MadeEvent => {
  const size = Buffer.alloc(9, 254)
  size.writeBigUInt64LE(BigInt(uncompressedBytes), 1)
  const fields = Buffer.concat([
    Buffer.from([2, 3, 252, compression, 0, 3, 9]),
    size,
    Buffer.from([0]),
  ])
  return { type: 40, body: Buffer.concat([fields, content]) }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(37)
  for (let place = 0; place < bytes.length; place += memory.length) {
    const end = Math.min(place + memory.length, bytes.length)
    bytes.copy(memory, 0, place, end)
    yield memory.subarray(0, end - place)
  }
}

const binlog = (...events: readonly MadeEvent[]): SearchedBinlog => ({
  name: 'binlog.000001',
  path: '/archive/binlog.000001',
  archive: null,
  facts: undefined,
  events: (bodyBytes) =>
    scanBinlogBlocks(piecesOf(binlogBytes(...events)), { name: 'made', bodyBytes }),
})

const search = (binlogs: readonly SearchedBinlog[], given: Partial<TransactionSearch> = {}) =>
  findTransactions(binlogs, {
    tables: readTablePatterns('shop.*'),
    type: undefined,
    from: undefined,
    to: undefined,
    gtids: undefined,
    limit: 10,
    ...given,
  })

const drop = [head(1), statement('DROP TABLE t')]

describe('a search', () => {
  it('looks into compressed transactions, whatever their compression', async () => {
    const inner = binlogBytes(statement('DROP TABLE inside')).subarray(4)
    const packed = payload(await compress(inner), 0, inner.length)
    const { transactions } = await search([
      binlog(head(1), packed, head(2), payload(inner, 255, inner.length)),
    ])
    expect(transactions.map(({ changes }) => changes[0]?.table)).toEqual(['inside', 'inside'])
  })

  it('names a compressed transaction that is too large to be looked into', async () => {
    const { unopened, transactions } = await search([
      binlog(head(1), payload(Buffer.from('small'), 0, 2 ** 40), ...drop),
    ])
    expect(unopened).toMatchObject([{ position: 4, uncompressedBytes: 2 ** 40 }])
    expect(transactions).toHaveLength(1)
  })

  it('goes on after a compressed transaction that cannot be decompressed', async () => {
    const broken = binlog(head(1), payload(Buffer.from('no zstd'), 0, 100))
    const { damaged, transactions } = await search([broken, binlog(...drop)])
    expect(damaged).toMatchObject([{ path: '/archive/binlog.000001' }])
    expect(transactions).toHaveLength(1)
  })

  it('leaves out a transaction whose end is missing: it was never committed', async () => {
    const { transactions } = await search([
      binlog(...drop, head(2, 250), statement('DROP TABLE u')),
    ])
    expect(transactions.map(({ gtid }) => gtid?.split(':')[1])).toEqual(['1'])
  })

  it('does not read binlogs of other times or GTIDs', async () => {
    const unread = (facts: Parameters<typeof binlogFacts>[0]): SearchedBinlog => ({
      ...binlog(),
      facts: binlogFacts(facts),
      events: () => {
        throw new Error('was read')
      },
    })
    const first = '2026-11-20T10:00:00Z'
    const last = '2026-11-20T11:00:00Z'
    const gtids = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:5-9'
    const noon = BigInt(Date.parse('2026-11-20T12:00:00Z')) * 1000n
    const dawn = BigInt(Date.parse('2026-11-20T05:00:00Z')) * 1000n
    const other = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:4'
    for (const wanted of [{ from: noon }, { to: dawn }, { gtids: other }])
      expect(await search([unread({ first, last, gtids })], wanted)).toMatchObject({
        read: 0,
        passed: 1,
      })
  })

  it('says when there is more than it was to show', async () => {
    const twice = [binlog(...drop), binlog(...drop)]
    expect(await search(twice, { limit: 1 })).toMatchObject({ isCut: true, read: 2 })
    expect(await search(twice, { limit: 2 })).toMatchObject({ isCut: false })
  })
})
