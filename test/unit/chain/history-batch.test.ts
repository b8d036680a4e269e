import { describe, expect, it } from 'vitest'
import { readBatchTable } from '../../../src/chain/history-batch.ts'
import { historyColumns } from '../../../src/chain/history-values.ts'
import type { LineFault } from '../../../src/chain/written-row.ts'

const names = [...historyColumns.keys()]
const header = names.join('\t')
const cells = names.map((name) => `${name} of a row`)

const read = (...lines: readonly string[]) => {
  const faults: LineFault[] = []
  try {
    const rows = readBatchTable(lines, (fault) => {
      faults.push(fault)
      throw new Error('a fault')
    })
    return { rows, faults }
  } catch {
    return { rows: undefined, faults }
  }
}

describe('readBatchTable', () => {
  it('gives each value its column, and each row its line', () => {
    const { rows } = read('', header, '', cells.join('\t'), '')
    expect(rows).toEqual([{ line: 4, values: new Map(names.map((name, i) => [name, cells[i]!])) }])
  })

  it.each([
    ['NULL', null],
    ['NULL ', 'NULL'],
    ['a blank at the end ', 'a blank at the end'],
    [String.raw`a\tb\nc\\d\0`, 'a\tb\nc\\d\0'],
    [String.raw`\\t is no tab`, String.raw`\t is no tab`],
    [String.raw`C:\dir`, String.raw`C:\dir`],
    ['\\', '\\'],
  ])('reads the value %j', (written, value) => {
    const { rows } = read(header, [written, ...cells.slice(1)].join('\t'))
    expect(rows?.[0]?.values.get('ID')).toBe(value)
  })

  it('takes nothing for an empty table', () => {
    expect([read(), read(''), read('mysql: [Warning] …', 'Empty set (0.00 sec)')]).toEqual(
      Array(3).fill({ rows: [], faults: [] }),
    )
  })

  it.each([
    [
      'names that are none',
      ['3\t11'],
      { line: 1, problem: expect.stringContaining('missing: ID') },
    ],
    ['a name twice', [`ID\t${header}`], { line: 1, column: 'ID', problem: expect.anything() }],
    [
      'too few values',
      [header, '3'],
      { line: 2, problem: expect.stringContaining('found 1 values') },
    ],
  ])('complains of %s', (_what, lines, fault) => {
    expect(read(...lines)).toEqual({ rows: undefined, faults: [fault] })
  })
})
