// Transactions found in an archive, by the command line.
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { archivePathsOf } from '../../../src/binlog/archive-layout.ts'
import { main } from '../../../src/cli/main.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { ARCHIVED_SERVER, sealFile } from '../binlog/archive-fixture.ts'
import { binlogBytes, gtidBody, statementBody } from '../mysql/binlog-bytes.ts'
import { makeFakeIo } from './fake-io.ts'
import { makeRepository } from './repository-fixture.ts'

const begin = Date.parse('2026-11-20T10:00:00.000Z')

const description = (): Buffer => {
  const body = Buffer.alloc(57 + 41 + 5)
  body.writeUInt16LE(4, 0)
  body.write('9.7.4', 2)
  body.writeUInt8(19, 56)
  return body
}

/** A binlog in which transaction `gno` was committed `gno` hours and some microseconds after `begin`. */
const binlogOf = (gno: number, statement: string): Buffer =>
  binlogBytes(
    { type: 15, body: description() },
    { type: 35, body: Buffer.alloc(8) },
    { type: 33, body: gtidBody(gno, BigInt(begin + gno * 3_600_000) * 1000n + 123n) },
    { type: 2, body: statementBody(statement) },
  )

/** A plain binlog, a compressed one, and one the server still writes to. */
const writeBinlogs = async ({ binlogs }: RepositoryLayout): Promise<string> => {
  const { directory, tail } = archivePathsOf(binlogs, ARCHIVED_SERVER)
  await mkdir(tail, { recursive: true })
  await sealFile(directory, 'binlog.000001', binlogOf(1, 'CREATE TABLE orders (id INT)'))
  await sealFile(directory, 'binlog.000002', binlogOf(2, "DELETE FROM orders WHERE a='x'"), {
    compressed: true,
  })
  await writeFile(join(tail, 'binlog.000003'), binlogOf(3, 'DROP TABLE orders'))
  return directory
}

const find = async ({ root }: RepositoryLayout, ...args: readonly string[]) => {
  const fake = makeFakeIo()
  const code = await main(['binlog', 'find', `--repo=${root}`, ...args], fake.io)
  return { code, stdout: fake.stdout(), stderr: fake.stderr() }
}

it('looks into plain, compressed and open binlogs of the archive', async () => {
  await using repository = await makeRepository()
  await writeBinlogs(repository.layout)
  const { code, stdout } = await find(repository.layout, '--table', 'shop.*')
  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      [1, '  create shop.orders, 1 event, 65 B', '    CREATE TABLE orders (id INT)'],
      [2, '  delete shop.orders, 1 event, 67 B', "    DELETE FROM orders WHERE a='…'"],
      [3, '  drop shop.orders, 1 event, 54 B', '    DROP TABLE orders'],
    ]
      .map(
        ([number = 0, ...lines]) =>
          `2026-11-20T1${number}:00:00.000123Z  ${ARCHIVED_SERVER}:${number}  binlog.00000${number}:153  in ${ARCHIVED_SERVER}\n${lines.join('\n')}\n` +
          `  before it: clonectl restore --target-dir DIR --before-gtid ${ARCHIVED_SERVER}:${number}\n\n`,
      )
      .join('') + '3 transactions in 3 binlogs\n',
  )
})

it('does not read binlogs of other times, and tells when there is more', async () => {
  await using repository = await makeRepository()
  await writeBinlogs(repository.layout)
  const later = await find(repository.layout, '--from', '2026-11-20T11:00:00.000124Z', '--limit=1')
  expect(later.stdout).toContain('\n1 transaction in 2 binlogs; 1 of other times or GTIDs\n')
  expect(later.stdout).toContain(
    '\nmore than 1: raise --limit, or go on with --from 2026-11-20T12:',
  )
  const exact = await find(repository.layout, '--to', '2026-11-20T11:00:00.000123Z')
  expect(exact.stdout).toContain('\n1 transaction in 1 binlog; 2 of other times or GTIDs\n')
})

it('documents every field', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/json-output.md'), 'utf8')
  const section = page.split(/^## /mu).find((part) => part.startsWith('binlog find\n')) ?? ''
  await using repository = await makeRepository()
  await writeBinlogs(repository.layout)
  const { stdout } = await find(repository.layout, '--json')
  const fields = new Set([...stdout.matchAll(/"(\w+)":/gu)].map(([, field = '']) => field))
  expect([...fields].filter((field) => !new RegExp(`\\b${field}\\b`, 'u').test(section))).toEqual([
    'schemaVersion',
  ])
  expect(JSON.parse(stdout)).toMatchObject({
    transactions: [{}, {}, { position: '153', changes: [{ type: 'drop', rows: null }] }],
    more: false,
    binlogs: { read: 3, passed: 0 },
  })
})

it('names what it could not look into', async () => {
  await using repository = await makeRepository()
  const directory = await writeBinlogs(repository.layout)
  await truncate(join(directory, 'binlog.000001'), 170)
  const { code, stdout } = await find(repository.layout)
  expect(code).toBe(21)
  expect(stdout).toMatch(/^damaged: .*binlog\.000001 has 170 bytes/mu)
  expect(stdout).toContain('2 transactions in 2 binlogs\n')
})

it.each([
  [['--type', 'explode'], 'explode'],
  [['--table', 'orders'], '--table: "orders" names no table'],
  [['--gtid', 'x'], '--gtid "x" is no GTID'],
  [['--from', 'noon'], '--from "noon" is not a time'],
  [['--server-uuid', 'x'], 'no binlogs of server x are archived'],
] as const)('refuses %j', async (args, message) => {
  await using repository = await makeRepository()
  const { code, stderr } = await find(repository.layout, ...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
