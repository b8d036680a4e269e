import { describe, expect, it } from 'vitest'
import { byBeginTime } from '../../../src/chain/backup.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

describe('byBeginTime', () => {
  it('puts the older backup first', () => {
    const [older, newer] = [makeFull(1), makeFull(2)]
    expect([newer, older].sort(byBeginTime)).toEqual([older, newer])
    expect([older, newer].sort(byBeginTime)).toEqual([older, newer])
  })

  it('puts a full before an increment of the same millisecond, whatever came first', () => {
    const full = makeFull(1)
    const increment = makeIncrement(full, 1)
    expect([increment, full].sort(byBeginTime)).toEqual([full, increment])
    expect([full, increment].sort(byBeginTime)).toEqual([full, increment])
  })

  it('puts a merged full right after what it stands for', () => {
    const [before, after] = [makeFull(0), makeFull(2)]
    const increment = makeIncrement(before, 1)
    const merged = makeFull(1, { standsFor: increment.id })
    const ordered = [before, increment, merged, after]
    expect([after, merged, increment, before].sort(byBeginTime)).toEqual(ordered)
    expect([increment, after, merged, before].sort(byBeginTime)).toEqual(ordered)
  })
})
