import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shortTime, ticksOf, timeScale } from '../../../../src/cli/html-report/time-scale.ts'

const scaleOf = (from: string, to: string) => timeScale(new Date(from), new Date(to))
const labels = (from: string, to: string) => ticksOf(scaleOf(from, to), 4).map(({ label }) => label)

describe('ticksOf', () => {
  it.each([
    ['2026-11-20T09:31:00Z', '2026-11-20T10:20:00Z', ['20 Nov 10:00']],
    ['2026-11-20T09:31:00Z', '2026-11-20T12:40:00Z', ['20 Nov 12:00']],
    ['2026-11-20T09:31:00Z', '2026-11-22T12:40:00Z', ['21 Nov', '22 Nov']],
    ['2026-10-31T02:00:00Z', '2026-11-20T09:30:00Z', ['5 Nov', '12 Nov', '19 Nov']],
  ])('writes round times from %s to %s', (from, to, expected) => {
    expect(labels(from, to)).toEqual(expected)
  })

  it('names months over years', () => {
    for (const label of labels('2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z'))
      expect(label).toMatch(/^[A-Z][a-z]{2} 20\d\d$/)
  })

  it('never writes more than it may, nor outside of the line', () => {
    const millis = fc.integer({ min: 0, max: Date.parse('2300-01-01') })
    fc.assert(
      fc.property(millis, millis, (one, other) => {
        const scale = timeScale(new Date(Math.min(one, other)), new Date(Math.max(one, other)))
        const ticks = ticksOf(scale, 4)
        expect(ticks.length).toBeLessThanOrEqual(4)
        for (const { time } of ticks) {
          expect(time >= scale.from && time <= scale.to).toBe(true)
          expect(scale.at(time)).toBeGreaterThanOrEqual(0)
          expect(scale.at(time)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe('timeScale', () => {
  it('puts the ends at the ends, and everything outside there too', () => {
    const { at, from, to } = scaleOf('2026-11-20T09:00:00Z', '2026-11-20T11:00:00Z')
    expect([from, to, new Date('2026-11-20T10:00:00Z'), new Date(0)].map(at)).toEqual([
      0, 1, 0.5, 0,
    ])
  })

  it('has a length even when both ends are one', () => {
    const { at, to } = scaleOf('2026-11-20T09:00:00Z', '2026-11-20T09:00:00Z')
    expect(at(to)).toBe(0)
  })
})

it('shortTime is UTC to the minute', () => {
  expect(shortTime(new Date('2026-11-05T09:03:59.999Z'))).toBe('5 Nov 2026, 09:03')
})
