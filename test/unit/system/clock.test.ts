import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/system/clock.ts'

describe('the system clock', () => {
  it('tells the present instant', () => {
    const before = Date.now()
    const now = systemClock.now().getTime()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})
