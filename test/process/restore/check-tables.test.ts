// The answers of CHECK TABLE and CHECKSUM TABLE, as a server gives them.
import { describe, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import type { Row, Session } from '../../../src/mysql/session.ts'
import type { TableResult } from '../../../src/repository/drill-file.ts'
import { checkTables, type TableChecks } from '../../../src/restore/check-tables.ts'
import type { DrillTable } from '../../../src/restore/drill-tables.ts'

const said = (type: string, text: string): Row => ({
  Table: 'shop.t',
  Op: 'check',
  Msg_type: type,
  Msg_text: text,
})
const table = (name: string, system = false): DrillTable => ({
  ...{ database: 'shop', table: name, name: `shop.${name}`, quoted: `\`shop\`.\`${name}\`` },
  ...{ system, bytes: 1 },
})

/** Answers by the beginning of the statement. */
const sessionOf = (answers: Readonly<Record<string, readonly Row[] | Error>>): Session => ({
  connectionId: 1,
  async query(sql) {
    const [, answer] = Object.entries(answers).find(([start]) => sql.startsWith(start)) ?? []
    if (answer instanceof Error) throw answer
    return answer ?? []
  },
  value: async () => null,
  close: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
})

const sound = { 'CHECK TABLE': [said('status', 'OK')], 'CHECKSUM TABLE': [{ Checksum: '42' }] }

const lookAt = async (
  answers: Readonly<Record<string, readonly Row[] | Error>>,
  changes: Partial<TableChecks> = {},
) => {
  const found: (readonly [TableResult, string | undefined])[] = []
  await checkTables({
    sessions: [sessionOf(answers)],
    tables: [table('t')],
    level: 'medium',
    monotonicMs: () => 0,
    onBegin: () => undefined,
    onResult: (_table, result, problem) => found.push([result, problem]),
    ...changes,
  })
  return found.map(([{ check, checksum, messages }, problem]) => ({
    ...{ check, checksum, messages, problem },
  }))
}

const good = { check: 'ok', checksum: '42', messages: [], problem: undefined }

describe('checkTables', () => {
  it('takes a table for sound that both say so of', async () => {
    expect(await lookAt(sound)).toEqual([good])
  })

  it('keeps what was said besides', async () => {
    const rows = [said('Warning', 'InnoDB: hm'), said('status', 'OK')]
    expect(await lookAt({ ...sound, 'CHECK TABLE': rows })).toEqual([
      { ...good, messages: ['warning: InnoDB: hm'] },
    ])
  })

  it.each([
    [[said('Warning', 'the B-tree is corrupted'), said('error', 'Corrupt')]],
    [[said('Error', 'no such table'), said('status', 'Operation failed')]],
    [[said('error', 'odd'), said('status', 'OK')]],
    [[]],
  ])('takes it for damaged, and does not read its rows: %j', async (rows) => {
    const [result] = await lookAt({ ...sound, 'CHECK TABLE': rows })
    expect(result).toMatchObject({ check: 'failed', checksum: null })
    expect(result?.problem).toBe(result?.messages.join('; '))
    expect(result?.messages).toHaveLength(Math.max(1, rows.length))
  })

  it('tells why there is no checksum', async () => {
    const answers = { 'CHECKSUM TABLE': [{ Checksum: null }], SHOW: [{ Message: 'not readable' }] }
    expect(await lookAt({ ...sound, ...answers }, { level: undefined })).toEqual([
      { check: null, checksum: null, messages: ['not readable'], problem: 'not readable' },
    ])
  })

  it('does not sum up tables of the server', async () => {
    expect(await lookAt(sound, { tables: [table('user', true)] })).toEqual([
      { ...good, checksum: null },
    ])
  })

  it('takes a refusal for the fault of the table, a lost connection for none of it', async () => {
    const refused = new ClonectlError('SERVER', 'tablespace is missing', {
      details: { errno: 1812 },
    })
    expect(await lookAt({ ...sound, 'CHECK TABLE': refused })).toMatchObject([
      { check: 'failed', problem: 'tablespace is missing' },
    ])
    const lost = new ClonectlError('SERVER', 'gone', { details: { errno: 2013 } })
    await expect(lookAt({ ...sound, 'CHECK TABLE': lost })).rejects.toBe(lost)
  })

  it('works on as many tables at once as there are sessions', async () => {
    const tables = Array.from({ length: 7 }, (_, index) => table(`t${index}`))
    const busy = new Set<string>()
    let most = 0
    const results = await lookAt(sound, {
      tables,
      sessions: [sessionOf(sound), sessionOf(sound), sessionOf(sound)],
      onBegin: ({ name }) => (most = Math.max(most, busy.add(name).size)),
      onResult: ({ name }) => void busy.delete(name),
    })
    expect(results).toEqual([])
    expect(most).toBe(3)
  })
})
