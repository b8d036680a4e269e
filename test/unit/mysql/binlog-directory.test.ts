import { describe, expect, it } from 'vitest'
import { findSequenceGap } from '../../../src/mysql/binlog-directory.ts'

const files = (...sequences: readonly number[]) =>
  sequences.map((sequence) => ({ name: `binlog.${String(sequence).padStart(6, '0')}`, sequence }))

describe('findSequenceGap', () => {
  it('finds none in an unbroken row, a single file, or nothing', () => {
    expect(findSequenceGap(files(999998, 999999, 1000000))).toBeUndefined()
    expect(findSequenceGap(files(7))).toBeUndefined()
    expect(findSequenceGap([])).toBeUndefined()
  })

  it('names the files around the first hole and what is missing', () => {
    expect(findSequenceGap(files(3, 4, 7, 9))).toEqual({
      after: 'binlog.000004',
      before: 'binlog.000007',
      firstMissing: 5,
      lastMissing: 6,
    })
  })
})
