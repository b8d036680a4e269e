import { describe, expect, it } from 'vitest'
import { parsePrintedOptions } from '../../../src/mysql/option-files.ts'

describe('parsePrintedOptions', () => {
  it('reads names and values, the last one winning', () => {
    expect(
      parsePrintedOptions('--user=a\n--ssl_mode=REQUIRED\n--json\n--empty=\n--user=b=c --d\n'),
    ).toEqual({ user: 'b=c --d', 'ssl-mode': 'REQUIRED', json: '', empty: '' })
  })

  it('keeps the lines of a value together', () => {
    expect(parsePrintedOptions('--multi=a\nb\n\n--x=1\n')).toEqual({ multi: 'a\nb\n', x: '1' })
  })

  it('has nothing where nothing is printed', () => {
    expect(parsePrintedOptions('')).toEqual({})
  })
})
