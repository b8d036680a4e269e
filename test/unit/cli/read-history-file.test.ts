import { describe, expect, it } from 'vitest'
import { parseZoneOffset } from '../../../src/cli/read-history-file.ts'

describe('parseZoneOffset', () => {
  it.each([
    ['UTC', 0],
    ['z', 0],
    ['+00:00', 0],
    ['+08:00', 480],
    ['-03:30', -210],
    ['+14:00', 840],
  ])('reads %s', (text, minutes) => {
    expect(parseZoneOffset(text)).toBe(minutes)
  })

  it.each(['', '8', '+8', '+0800', '+08:60', '+14:01', 'Asia/Shanghai', 'SYSTEM'])(
    'refuses %j',
    (text) => {
      expect(() => parseZoneOffset(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    },
  )
})
