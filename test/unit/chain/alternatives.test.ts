import { describe, expect, it } from 'vitest'
import { alternativesOf, latestAlternative } from '../../../src/chain/alternatives.ts'
import type { Backup } from '../../../src/chain/backup.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const greatsql = { engine: 'greatsql' } as const
const full = makeFull(1, greatsql)
/** As on an idle server: tracking was not reset, so every increment starts where the first did. */
const cumulative = (hour: number, changes: Partial<Backup> = {}): Backup =>
  makeIncrement(full, hour, { ...greatsql, pageTrackLsn: full.pageTrackLsn, ...changes })
const first = cumulative(2)
const second = cumulative(3)

describe('latestAlternative', () => {
  it('is the latest that reaches as far as the changes begin', () => {
    expect(latestAlternative(second, [full, first])).toBe(first)
    expect(latestAlternative(second, [full])).toBe(full)
    expect(latestAlternative(second, [])).toBeUndefined()
  })

  it.each<[string, Partial<Backup>]>([
    ['was taken without tracking', { pageTrackLsn: 0n }],
    ['is complete only up to a byte before', { pageTrackLsn: full.pageTrackLsn - 1n }],
    ['ends later', { endLsn: second.endLsn + 1n }],
    ['is of another server', { serverUuid: 'another' }],
    ['is of another run of tracking', { trackedSince: 11n }],
    ['was made by the other engine', { engine: 'mysql' }],
  ])('passes over one that %s', (_, changes) => {
    expect(latestAlternative(second, [full, { ...first, ...changes }])).toBe(full)
  })

  it('takes one of which nobody knows since when its pages were tracked', () => {
    const unknown = { ...first, trackedSince: undefined }
    expect(latestAlternative(second, [full, unknown])).toBe(unknown)
    expect(latestAlternative({ ...second, trackedSince: undefined }, [full, first])).toBe(first)
  })

  it('is nothing for an increment that is the difference to its base', () => {
    expect(latestAlternative({ ...second, engine: 'mysql' }, [full, first])).toBeUndefined()
  })
})

describe('alternativesOf', () => {
  it('are all that do, oldest first', () => {
    const untracked = cumulative(2.5, { pageTrackLsn: 0n })
    expect(alternativesOf(second, [full, first, untracked])).toEqual([full, first])
  })

  it('are looked for among the last hundred', () => {
    const many = Array.from({ length: 150 }, (_, index) => cumulative(2 + index / 1000))
    expect(alternativesOf(second, [full, ...many])).toEqual(many.slice(-100))
  })
})
