import { describe, expect, it } from 'vitest'
import { nearestWord } from '../../../src/cli/spelling.ts'

const words = ['repo', 'restore', 'full', 'incr', 'list', 'show']

describe('nearestWord', () => {
  it.each([
    ['reppo', 'repo'],
    ['fulll', 'full'],
    ['ful', 'full'],
    ['lst', 'list'],
    ['resotre', 'restore'],
    ['repo', 'repo'],
  ])('finds what was meant by %s', (typed, meant) => {
    expect(nearestWord(typed, words)).toBe(meant)
  })

  it('does not guess wildly', () => {
    expect(nearestWord('xyzzy', words)).toBeUndefined()
    expect(nearestWord('x', [])).toBeUndefined()
  })
})
