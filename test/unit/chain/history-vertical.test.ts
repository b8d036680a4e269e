import { describe, expect, it } from 'vitest'
import { historyColumns } from '../../../src/chain/history-values.ts'
import { isVertical, readVerticalRows } from '../../../src/chain/history-vertical.ts'
import type { LineFault } from '../../../src/chain/written-row.ts'

const mark = (row: number) => `*************************** ${row}. row ***************************`
const field = (name: string, value: string) => `${name.padStart(15)}: ${value}`
const fields = [...historyColumns.keys()].map((name) => field(name, `${name} of it`))

const read = (...lines: readonly string[]) => {
  const faults: LineFault[] = []
  try {
    const rows = readVerticalRows(lines, (fault) => {
      faults.push(fault)
      throw new Error('a fault')
    })
    return {
      rows: rows.map(({ line, values }) => ({ line, values: Object.fromEntries(values) })),
      faults,
    }
  } catch {
    return { rows: undefined, faults }
  }
}

describe('isVertical', () => {
  it.each([
    [[mark(1)], true],
    [['greatsql> …', `  ${mark(12)}  `], true],
    [['ID\tPID', '3\t11'], false],
    [['* 1. row *'], false],
    [[], false],
  ])('%j: %s', (lines, expected) => {
    expect(isVertical(lines)).toBe(expected)
  })
})

describe('readVerticalRows', () => {
  it('gives rows with the lines they begin in', () => {
    const { rows } = read('greatsql> …', mark(1), ...fields, mark(2), ...fields)
    expect(rows?.map(({ line }) => line)).toEqual([2, 3 + fields.length])
    expect(rows?.[1]?.values).toMatchObject({ ID: 'ID of it', END_LSN: 'END_LSN of it' })
  })

  it.each([
    ['NULL', null],
    ['', ''],
    [' 3 ', ' 3'],
    ['a: b', 'a: b'],
  ])('reads the value %j', (written, value) => {
    expect(read(mark(1), field('ID', written)).rows?.[0]?.values['ID']).toBe(value)
  })

  it('passes over blank lines and dots, and what comes after the last row', () => {
    const { rows, faults } = read(
      mark(1),
      '',
      ...fields,
      '...',
      '1 row in set',
      'what: ever',
      '???',
    )
    expect({ count: rows?.length, faults }).toEqual({ count: 1, faults: [] })
  })

  it.each([
    '2 rows in set, 1 warning (0.00 sec)',
    'mysql> ',
    'greatsql> exit',
    'MySQL [(none)]> ',
    '    -> ',
  ])('takes %j for the end of the rows', (line) => {
    const { rows, faults } = read(mark(1), ...fields, line, 'STATE: no more')
    expect({ state: rows?.[0]?.values['STATE'], faults }).toEqual({
      state: 'STATE of it',
      faults: [],
    })
  })

  it('goes on with a message, even where it looks like a prompt or a column', () => {
    const { rows } = read(
      mark(1),
      field('ID', '3'),
      field('ERROR_MESSAGE', 'one'),
      'ID: two',
      'mysql> three',
      field('END_LSN', '7'),
    )
    expect(rows?.[0]?.values).toEqual({
      ID: '3',
      ERROR_MESSAGE: 'one\nID: two\nmysql> three',
      END_LSN: '7',
    })
  })

  it('complains of a line that is no column', () => {
    expect(read(mark(1), field('ID', '3'), 'oh')).toEqual({
      rows: undefined,
      faults: [{ line: 3, problem: 'found "oh", expected a line "COLUMN: value"' }],
    })
  })
})
