import { describe, expect, it } from 'vitest'
import { fitsLabel } from '../../../src/chain/label-pattern.ts'

describe('fitsLabel', () => {
  it.each([
    ['release 7', 'release 7', true],
    ['release', 'release 7', false],
    ['release*', 'release 7', true],
    ['*7', 'release 7', true],
    ['*', '', true],
    ['r?lease*', 'release', true],
    ['?', '', false],
    ['Release*', 'release 7', false],
    ['a.c', 'abc', false],
    ['a.c', 'a.c', true],
    ['a*(b)*', 'a\n(b) c', true],
    ['a**b', 'ab', true],
    ['', '', true],
    ['?', '🐬', true],
  ])('%j on %j: %j', (pattern, label, fits) => {
    expect(fitsLabel(pattern, label)).toBe(fits)
  })

  it('fits no backup without a label', () => {
    expect(fitsLabel('*', undefined)).toBe(false)
  })

  it('takes no time for many stars', () => {
    const began = performance.now()
    expect(fitsLabel(`${'*a'.repeat(20)}*b`, 'a'.repeat(200))).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
