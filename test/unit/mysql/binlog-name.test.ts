import { describe, expect, it } from 'vitest'
import { byBinlogName, formatBinlogName, parseBinlogName } from '../../../src/mysql/binlog-name.ts'

describe('names of binlogs', () => {
  it.each([
    ['binlog.000012', 'binlog', 12],
    ['mysql-bin.1000000', 'mysql-bin', 1_000_000],
    ['a.b.000001', 'a.b', 1],
  ])('%s is number %s of its series', (name, base, sequence) => {
    expect(parseBinlogName(name)).toEqual({ base, sequence })
    expect(formatBinlogName({ base, sequence })).toBe(name)
  })

  it.each(['binlog', 'binlog.00012', '.000012', 'binlog.000012.json', 'binlog.index', ''])(
    '%j is none',
    (name) => {
      expect(parseBinlogName(name)).toBeUndefined()
    },
  )

  it('come in the order of their numbers, not of their letters', () => {
    const names = ['binlog.1000000', 'binlog.999999', 'binlog.000009', 'binlog.000010']
    expect(names.sort(byBinlogName)).toEqual([
      'binlog.000009',
      'binlog.000010',
      'binlog.999999',
      'binlog.1000000',
    ])
  })
})
