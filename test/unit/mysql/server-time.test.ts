import { describe, expect, it } from 'vitest'
import { parseServerTime } from '../../../src/mysql/server-time.ts'

describe('parseServerTime', () => {
  it.each([
    ['2026-11-20 09:30:12.345', '2026-11-20T09:30:12.345Z'],
    ['2026-11-20 09:30:12', '2026-11-20T09:30:12.000Z'],
    ['2026-11-20 09:30:12.345678', '2026-11-20T09:30:12.345Z'],
  ])('reads %s as UTC', (text, iso) => {
    expect(parseServerTime(text)?.toISOString()).toBe(iso)
  })

  it.each([null, '', '0000-00-00 00:00:00', '2026-11-20', 'soon'])('gives null for %j', (text) => {
    expect(parseServerTime(text)).toBeNull()
  })
})
