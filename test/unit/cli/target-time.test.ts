import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseTargetTime } from '../../../src/cli/target-time.ts'
import { ClonectlError } from '../../../src/errors.ts'

const refusal = (text: string): ClonectlError => {
  try {
    const { time } = parseTargetTime(text)
    throw new Error(`taken as ${time.toISOString()}`)
  } catch (error) {
    if (error instanceof ClonectlError) return error
    throw error
  }
}

describe('a time with its zone', () => {
  it.each([
    ['2026-11-20T09:30:12Z', '2026-11-20T09:30:12.000Z'],
    ['2026-11-20t09:30:12z', '2026-11-20T09:30:12.000Z'],
    ['2026-11-20 09:30:12Z', '2026-11-20T09:30:12.000Z'],
    ['2026-11-20T09:30:12.345Z', '2026-11-20T09:30:12.345Z'],
    ['2026-11-20T09:30:12.3Z', '2026-11-20T09:30:12.300Z'],
    ['2026-11-20T10:30:12+01:00', '2026-11-20T09:30:12.000Z'],
    ['2026-11-20T00:30:12+05:30', '2026-11-19T19:00:12.000Z'],
    ['2026-11-20T23:59:59-08:00', '2026-11-21T07:59:59.000Z'],
    ['2028-02-29T12:00:00-00:00', '2028-02-29T12:00:00.000Z'],
    [' 2026-11-20T09:30:12Z ', '2026-11-20T09:30:12.000Z'],
  ])('is taken exactly: %s', (text, instant) => {
    const { time, takenAs } = parseTargetTime(text)
    expect(time.toISOString()).toBe(instant)
    expect(takenAs).toBeUndefined()
  })

  it.each(['2026-11-20T09:30:12.345999Z', '2026-11-20T10:30:12.345001+01:00'])(
    'keeps its microseconds beside the milliseconds: %s',
    (text) => {
      const { time, micros } = parseTargetTime(text)
      expect(time.toISOString()).toBe('2026-11-20T09:30:12.345Z')
      expect(micros).toBe(Number(text.slice(23, 26)))
    },
  )
})

describe('a bare local time', () => {
  beforeEach(() => {
    vi.stubEnv('TZ', 'Europe/Berlin')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([
    [
      '2026-11-20 10:30:12',
      '2026-11-20T09:30:12.000Z',
      '2026-11-20T10:30:12.000+01:00 (Europe/Berlin)',
    ],
    [
      '2026-07-01T12:00:00.5',
      '2026-07-01T10:00:00.500Z',
      '2026-07-01T12:00:00.500+02:00 (Europe/Berlin)',
    ],
    [
      '2026-03-29 03:00:00',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T03:00:00.000+02:00 (Europe/Berlin)',
    ],
    [
      '2026-10-25 03:00:00',
      '2026-10-25T02:00:00.000Z',
      '2026-10-25T03:00:00.000+01:00 (Europe/Berlin)',
    ],
  ])('is taken in the local zone, which is named: %s', (text, instant, takenAs) => {
    expect(parseTargetTime(text)).toEqual({ time: new Date(instant), micros: 0, takenAs })
  })

  it('that the clock skipped is refused', () => {
    const error = refusal('2026-03-29 02:30:00')
    expect(error.code).toBe('USAGE')
    expect(error.message).toContain('does not exist in the zone Europe/Berlin')
  })

  it('that occurs twice is refused with both readings', () => {
    const { message, hint } = refusal('2026-10-25 02:30:00')
    expect(message).toContain('occurs twice')
    expect(hint).toContain('2026-10-25T02:30:00.000+02:00 or 2026-10-25T02:30:00.000+01:00')
  })
})

describe('anything else', () => {
  it.each([
    '',
    'yesterday',
    'now',
    '2026-11-20',
    '09:30:12',
    '2026-11-20T09:30Z',
    '2026-11-20T09:30:12+01',
    '2026-11-20T09:30:12+0100',
    '2026-11-20T09:30:12 CET',
    '2026-11-20T09:30:12.Z',
    '2026-11-20T09:30:12.1234567Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T09:60:00Z',
    '2026-11-20T23:59:60Z',
    '2026-11-20T09:30:12+24:00',
    '2026-11-20T09:30:12+01:60',
    '1790000000',
    '20.11.2026 09:30:12',
    '2026-11-20T09:30:12ZZ',
  ])('is refused with the accepted forms: %j', (text) => {
    const { code, message, hint } = refusal(text)
    expect(code).toBe('USAGE')
    expect(message).toContain(JSON.stringify(text))
    expect(hint).toContain(
      '2026-11-20T09:30:12Z, 2026-11-20T10:30:12.345+01:00, 2026-11-20 10:30:12',
    )
  })
})
