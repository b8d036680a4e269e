import { describe, expect, it } from 'vitest'
import { readPolicy, type RetentionArguments } from '../../../src/cli/retention-options.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const now = new Date('2026-11-20T12:00:00.000Z')
const none: RetentionArguments = {
  window: undefined,
  keepFull: undefined,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: false,
}

describe('readPolicy', () => {
  it('counts a window back from now', () => {
    expect(readPolicy({ ...none, window: '14d' }, now)).toEqual({
      windowStart: new Date('2026-11-06T12:00:00.000Z'),
      keepFulls: undefined,
      keepLast: undefined,
      keepLabel: undefined,
      includeBroken: false,
    })
  })

  it('needs a rule that says how much stays', () => {
    expect(refusalOf(() => readPolicy({ ...none, keepLabel: 'x' }, now)).code).toBe('USAGE')
    expect(refusalOf(() => readPolicy({ ...none, window: '14' }, now)).message).toContain(
      '--window "14"',
    )
    expect(readPolicy({ ...none, includeBroken: true }, now).includeBroken).toBe(true)
    expect(readPolicy({ ...none, keepFull: 2, keepLast: 3 }, now)).toMatchObject({
      keepFulls: 2,
      keepLast: 3,
    })
  })
})
