import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { historyColumns } from '../../../src/chain/history-values.ts'
import { parseHistoryText } from '../../../src/chain/history-text.ts'
import { historyRowOf } from '../../../src/mysql/clone-history.ts'
import { IDLE_CHAIN, WITH_BLANKS } from '../../fakes/history-rows.ts'
import { refusalOf } from '../../fakes/refusal.ts'

/** In the order of the table. */
const names = [
  ...[...historyColumns.keys()].filter((name) => !name.endsWith('_LSN')),
  ...['BINLOG_FILE', 'BINLOG_POSITION', 'GTID_EXECUTED'],
  ...[...historyColumns.keys()].filter((name) => name.endsWith('_LSN')),
]

const three: Readonly<Record<string, string>> = {
  ID: '3',
  PID: '11',
  CLONE_TYPE: 'full clone',
  STATE: 'Completed',
  BEGIN_TIME: '2024-06-18 10:39:28.214',
  END_TIME: '2024-06-18 10:39:42.980',
  SOURCE: 'LOCAL INSTANCE',
  DESTINATION: '/data/backup/clone-full/20240618/',
  ERROR_NO: '0',
  ERROR_MESSAGE: '',
  BINLOG_FILE: '',
  BINLOG_POSITION: '0',
  GTID_EXECUTED: '',
  START_LSN: '0',
  PAGE_TRACK_LSN: '21635197273',
  END_LSN: '9223372036854775807',
}

const escape = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\0', String.raw`\0`)

const batch = (
  rows: readonly Readonly<Record<string, string | null>>[],
  columns: readonly string[] = names,
): string =>
  [
    columns.join('\t'),
    ...rows.map((row) =>
      columns
        .map((column) => (row[column] === null ? 'NULL' : escape(row[column] ?? '')))
        .join('\t'),
    ),
    '',
  ].join('\n')

const vertical = (row: Readonly<Record<string, string | null>>): string =>
  [
    '*************************** 1. row ***************************',
    ...names.map((name) => `${name.padStart(15)}: ${row[name] ?? 'NULL'}`),
    '1 row in set (0.00 sec)',
    '',
  ].join('\n')

const rowsOf = (text: string) => parseHistoryText(text, 'F').map(historyRowOf)
const refusal = (text: string) => refusalOf(() => parseHistoryText(text, 'F'))

const expected = {
  id: '3',
  pid: '11',
  cloneType: 'full clone',
  state: 'Completed',
  beginTime: new Date('2024-06-18T10:39:28.214Z'),
  endTime: new Date('2024-06-18T10:39:42.980Z'),
  source: 'LOCAL INSTANCE',
  destination: '/data/backup/clone-full/20240618',
  errorNo: 0,
  errorMessage: '',
  startLsn: 0n,
  pageTrackLsn: 21635197273n,
  endLsn: 9223372036854775807n,
}

describe('parseHistoryText', () => {
  it.each([
    ['the table of --batch', batch([three])],
    ['the same with its columns in another order', batch([three], names.toReversed())],
    ['names in small letters', batch([three]).replace(/^.*/, (line) => line.toLowerCase())],
    ['CRLF', batch([three]).replaceAll('\n', '\r\n')],
    ['a byte-order mark and no line feed at the end', `\u{feff}${batch([three]).trimEnd()}`],
    ['a warning of the client above', `mysql: [Warning] Using a password …\n${batch([three])}`],
    ['the form of \\G', vertical(three)],
    ['the form of \\G with CRLF', vertical(three).replaceAll('\n', '\r\n')],
    ['the form of \\G without indents', vertical(three).replaceAll(/^ +/gm, '')],
    [
      'the form of \\G between prompts',
      `greatsql> SELECT * FROM mysql.clone_history\\G\n${vertical(three)}\ngreatsql> exit\nBye\n`,
    ],
  ])('reads %s', (_what, text) => {
    expect(rowsOf(text)).toEqual([expected])
  })

  it.each([
    ['nothing', ''],
    ['what an empty table gives', '\n'],
    ['what \\G says of an empty table', 'Empty set (0.00 sec)\n\n'],
  ])('finds no rows in %s', (_what, text) => {
    expect(rowsOf(text)).toEqual([])
  })

  it('reads rows as a server wrote them, values that end in a blank too', () => {
    const rows = rowsOf(`${WITH_BLANKS}...\n${IDLE_CHAIN}4 rows in set (0.01 sec)\n`)
    expect(rows.map(({ id, startLsn, endLsn }) => [id, startLsn, endLsn])).toEqual([
      ['1', 0n, 21083759n],
      ['3', 0n, 21635237128n],
      ['4', 21635197273n, 21635283915n],
      ['5', 21635197273n, 21635331027n],
    ])
    expect(rows[0]).toMatchObject({
      destination: '/data/backup/clone-full/20240610',
      errorMessage: '',
    })
  })

  it('takes NULL where the table allows it', () => {
    const nulls = { ...Object.fromEntries(names.map((name) => [name, null])), ID: '7' }
    for (const text of [batch([nulls]), vertical(nulls)])
      expect(rowsOf(text)).toMatchObject([
        { id: '7', pid: '0', state: '', beginTime: undefined, errorNo: 0, endLsn: 0n },
      ])
  })

  it('takes back what the client escaped', () => {
    const message = 'a\\tb\tc\nd\0e \\'
    expect(rowsOf(batch([{ ...three, ERROR_MESSAGE: message }]))[0]?.errorMessage).toBe(message)
  })

  it('takes back whatever may stand in a text', () => {
    const text = fc.string({
      unit: fc.constantFrom('\\', 't', 'n', '\t', '\n', '\0', 'N', '0', 'é'),
    })
    fc.assert(
      fc.property(text, (message) => {
        expect(rowsOf(batch([{ ...three, ERROR_MESSAGE: message }]))[0]?.errorMessage).toBe(message)
      }),
    )
  })

  it('reads a message of several lines, whatever they look like', () => {
    const message = 'Clone Donor Error:\nSTATE: bad\nmysql> no prompt\nreason: unknown'
    const text = vertical({ ...three, ERROR_MESSAGE: message })
    expect(rowsOf(text)).toEqual([{ ...expected, errorMessage: message }])
  })

  it('leaves out columns it does not know', () => {
    const more = vertical(three).replace('      START_LSN', '      EXTRA_COL: 7\n      START_LSN')
    expect(rowsOf(more)).toEqual([expected])
    expect(rowsOf(batch([{ ...three, EXTRA: '7' }], ['EXTRA', ...names]))).toEqual([expected])
  })

  it('needs only the columns that make chains', () => {
    const needed = [...historyColumns].flatMap(([name, { required }]) => (required ? [name] : []))
    const [row] = rowsOf(batch([three], needed))
    expect(row).toEqual({ ...expected, pid: '0', destination: '' })
  })

  it('P-34: takes times of another zone to UTC', () => {
    const [row] = parseHistoryText(batch([three]), 'F', 480)
    expect(row?.['BEGIN_TIME']).toBe('2024-06-18 02:39:28.214')
  })

  it.each<[string, string, string]>([
    [
      'a number that is none',
      batch([three, { ...three, ID: '4', END_LSN: '2.1e10' }]),
      'F, line 3, column END_LSN: found "2.1e10", expected a decimal LSN',
    ],
    [
      'the same in the form of \\G',
      vertical({ ...three, START_LSN: 'x' }),
      'F, line 1, column START_LSN: found "x", expected a decimal LSN',
    ],
    [
      'an ID that is NULL',
      batch([{ ...three, ID: null }]),
      'F, line 2, column ID: found NULL, expected',
    ],
    ['a row cut short', batch([three]).slice(0, -25), 'F, line 2: found 15 values, expected 16'],
    [
      'a table without its names',
      batch([three]).replace(/^.*\n/, ''),
      'expected the names of the columns with tabs between; missing: ID, CLONE_TYPE',
    ],
    ['the table with borders', '+----+\n| ID |\n+----+\n', 'F, line 1: found "+----+", expected'],
    [
      'a name that comes twice',
      batch([three], ['ID', ...names]),
      'F, line 1, column ID: the column',
    ],
    [
      'the history of a server without increments',
      batch(
        [three],
        names.filter((name) => !name.endsWith('_LSN')),
      ),
      'missing: START_LSN, PAGE_TRACK_LSN, END_LSN',
    ],
    [
      'a row that ends early',
      vertical(three).replace(/^ *END_LSN.*\n/m, ''),
      'F, line 17: found "1 row in set (0.00 sec)", expected a line "COLUMN: value"',
    ],
    [
      'the last row, when it ends early',
      vertical(three).replace(/^ *END_LSN.*\n.*\n/m, ''),
      'F, line 1: the row lacks END_LSN',
    ],
    [
      'a stray line',
      vertical(three).replace('          STATE', 'what?\n          STATE'),
      'F, line 5: found "what?", expected a line "COLUMN: value"',
    ],
    [
      'an ID that comes twice',
      batch([three, three]),
      'F, line 3, column ID: 3 stands in line 2, too',
    ],
  ])('refuses %s', (_what, text, message) => {
    const { code, message: told, hint } = refusal(text)
    expect(code).toBe('CONFIG')
    expect(told).toContain(message)
    expect(hint).toContain("mysql --batch -e 'SELECT * FROM mysql.clone_history'")
  })

  it('says where, for a program too', () => {
    expect(refusal(batch([{ ...three, ID: 'x' }])).details).toMatchObject({
      field: 'history',
      source: 'F',
      line: 2,
      column: 'ID',
    })
  })
})
