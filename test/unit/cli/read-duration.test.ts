import { describe, expect, it } from 'vitest'
import { readDuration } from '../../../src/cli/read-duration.ts'
import { refusalOf } from '../../fakes/refusal.ts'

describe('readDuration', () => {
  it.each([
    ['90s', 90_000],
    ['5min', 300_000],
    ['26h', 93_600_000],
    ['1.5 d', 129_600_000],
    ['2w', 1_209_600_000],
  ])('reads %s', (text, ms) => {
    expect(readDuration(text, '--warn-age')).toBe(ms)
  })

  it.each(['', '26', 'h', '0h', '-1h', '1e3s', '26 hours', '26H'])('refuses %j', (text) => {
    const refusal = refusalOf(() => readDuration(text, '--warn-age'))
    expect(refusal.code).toBe('USAGE')
    expect(refusal.message).toContain('--warn-age')
  })
})
