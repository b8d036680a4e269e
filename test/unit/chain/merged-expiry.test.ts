// What a merge is for: the increments below its tip can expire without another full being taken.
import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains } from '../../../src/chain/chains.ts'
import { planExpiry } from '../../../src/chain/plan-expiry.ts'
import type { RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { atHour, makeFull, makeIncrement } from '../../fakes/backup.ts'

const full = makeFull(1)
const first = makeIncrement(full, 2)
const second = makeIncrement(first, 3)
const third = makeIncrement(second, 4)
const { pageTrackLsn, endLsn } = second
const merged = makeFull(3, { standsFor: second.id, pageTrackLsn, endLsn })

const expiredBy = (rules: Partial<RetentionPolicy>, ...backups: readonly Backup[]) => {
  const none = { windowStart: undefined, keepFulls: undefined, keepLast: undefined }
  const policy = { ...none, keepLabel: undefined, includeBroken: false, ...rules }
  const input = { chains: buildChains(backups), faulty: new Set<string>(), held: new Map() }
  return planExpiry(input, policy).expired.map(({ member }) => member.backup.id)
}

describe('with a merged full', () => {
  const old = [second.id, first.id, full.id]

  it.each<[string, Partial<RetentionPolicy>]>([
    ['the last one', { keepLast: 1 }],
    ['one full', { keepFulls: 1 }],
    ['what reaches into a window', { windowStart: atHour(3.5) }],
  ])('the chain it was made of goes where %s is kept', (_, rules) => {
    expect(expiredBy(rules, full, first, second, third)).toEqual([])
    expect(expiredBy(rules, full, first, second, merged)).toEqual(old)
    expect(expiredBy(rules, full, first, second, merged, third)).toEqual(old)
  })

  it('stays itself while anything sits on it', () => {
    expect(expiredBy({ keepLast: 1 }, merged, third)).toEqual([])
  })
})
