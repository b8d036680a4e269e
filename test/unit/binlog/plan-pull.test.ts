import { describe, expect, it } from 'vitest'
import { binlogsToPull, type PullStart } from '../../../src/binlog/plan-pull.ts'

const server = (...sequences: readonly number[]) =>
  sequences.map((sequence) => ({
    name: `binlog.${String(sequence).padStart(6, '0')}`,
    sequence,
    sizeBytes: 1000,
    encrypted: false,
  }))

const pulled = (start: Partial<PullStart>, ...sequences: readonly number[]) =>
  binlogsToPull(
    { last: undefined, oldestTail: undefined, from: undefined, ...start },
    server(...sequences),
  ).map(({ sequence }) => sequence)

describe('the binlogs that a pull fetches', () => {
  it('are all that there are for an empty archive, or those from the one that was named', () => {
    expect(pulled({}, 3, 4, 5)).toEqual([3, 4, 5])
    expect(pulled({ from: 'binlog.000004' }, 3, 4, 5)).toEqual([4, 5])
  })

  it('are those behind the last sealed one, whatever was named once', () => {
    expect(pulled({ last: 'binlog.000004', oldestTail: 'binlog.000005' }, 3, 4, 5, 6)).toEqual([
      5, 6,
    ])
    expect(pulled({ last: 'binlog.000004', from: 'binlog.000001' }, 4, 5)).toEqual([5])
  })

  it('begin with the one that was open when nothing is sealed yet', () => {
    expect(pulled({ oldestTail: 'binlog.000004', from: 'binlog.000009' }, 3, 4, 5)).toEqual([4, 5])
  })

  it('are counted on behind .999999', () => {
    expect(pulled({ last: 'binlog.999999' }, 999_998, 999_999, 1_000_000)).toEqual([1_000_000])
  })

  it('begin later when the server has removed what comes next', () => {
    expect(pulled({ last: 'binlog.000004' }, 8, 9)).toEqual([8, 9])
  })

  it('cannot begin with one that the server does not have', () => {
    expect(() => pulled({ from: 'binlog.000002' }, 3, 4)).toThrow(
      expect.objectContaining({ code: 'CONFIG', hint: 'it has binlog.000003 to binlog.000004' }),
    )
  })
})
