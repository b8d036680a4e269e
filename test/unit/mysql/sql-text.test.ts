import { describe, expect, it } from 'vitest'
import { quoteName, quoteText } from '../../../src/mysql/sql-text.ts'

describe('quoteText', () => {
  it.each([
    ['plain', `'plain'`],
    ["it's", String.raw`'it\'s'`],
    [String.raw`a\b`, String.raw`'a\\b'`],
    ['"`%_é😀', `'"\`%_é😀'`],
    ['', `''`],
  ])('writes %s', (value, literal) => {
    expect(quoteText(value)).toBe(literal)
  })

  it.each(['a\nb', 'a\0b', '\t', '\u007f', '\u0085'])(
    'refuses the control character in %j',
    (value) => {
      expect(() => quoteText(value)).toThrow(
        expect.objectContaining({ code: 'CONFIG', message: expect.not.stringContaining(value) }),
      )
    },
  )
})

describe('quoteName', () => {
  it('doubles backticks and leaves everything else', () => {
    expect(quoteName('a`b')).toBe('`a``b`')
    expect(quoteName("it's \\")).toBe("`it's \\`")
  })

  it('refuses an empty name and control characters', () => {
    expect(() => quoteName('')).toThrow('must not be empty')
    expect(() => quoteName('a\n')).toThrow('control character')
  })
})
