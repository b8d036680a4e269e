import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { linkProblems } from '../../../src/chain/link.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const base = makeFull(1)
const problemsOf = (changes: Partial<Backup>) => linkProblems(makeIncrement(base, 2, changes), base)
const codesOf = (changes: Partial<Backup>) => problemsOf(changes).map(({ code }) => code)

describe('linkProblems', () => {
  it.each<[string, Partial<Backup>]>([
    ['begins where the base is complete', {}],
    ['begins earlier: it then holds more than it must', { startLsn: base.pageTrackLsn - 1n }],
    ['ends where the base ends, on an idle server', { endLsn: base.endLsn }],
  ])('finds nothing against an increment that %s', (_, changes) => {
    expect(problemsOf(changes)).toEqual([])
  })

  it('refuses an increment of another server, naming both', () => {
    expect(problemsOf({ serverUuid: 'another' })).toEqual([
      {
        code: 'FOREIGN_SERVER',
        message: `taken from server another, its base ${base.id} from ${base.serverUuid}`,
      },
    ])
  })

  it('refuses an increment that begins one byte too late', () => {
    expect(problemsOf({ startLsn: base.pageTrackLsn + 1n })).toEqual([
      {
        code: 'LSN_GAP',
        message: `holds changes since LSN 1001, its base ${base.id} is complete only up to 1000`,
      },
    ])
  })

  it('counts beyond 2^53 to the byte', () => {
    const large = { ...base, pageTrackLsn: 9_007_199_254_740_992n }
    const increment = makeIncrement(base, 2, { startLsn: 9_007_199_254_740_993n })
    expect(linkProblems(increment, large).map(({ code }) => code)).toEqual(['LSN_GAP'])
  })

  it('refuses an increment that ends before its base does', () => {
    expect(problemsOf({ endLsn: base.endLsn - 1n })).toEqual([
      {
        code: 'LSN_REGRESSION',
        message: `ends at LSN 1099, before its base ${base.id} at 1100`,
      },
    ])
  })

  it('tells everything that is wrong at once', () => {
    expect(codesOf({ serverUuid: 'another', startLsn: 5000n, endLsn: 6n })).toEqual([
      'FOREIGN_SERVER',
      'LSN_GAP',
      'LSN_REGRESSION',
    ])
  })

  it('refuses an increment of the server on a base without page tracking', () => {
    const untracked = { ...base, pageTrackLsn: 0n }
    const increment = makeIncrement(base, 2, { engine: 'greatsql' })
    expect(linkProblems(increment, untracked)).toEqual([
      { code: 'NOT_TRACKED', message: `its base ${base.id} was taken without page tracking` },
    ])
  })

  it('refuses an increment of the server when tracking was interrupted since its base', () => {
    expect(problemsOf({ engine: 'greatsql', trackedSince: 11n })).toEqual([
      {
        code: 'TRACKING_CHANGED',
        message: `its pages are tracked since LSN 11, those of its base ${base.id} since 10`,
      },
    ])
    expect(problemsOf({ engine: 'greatsql', trackedSince: undefined })).toEqual([])
  })

  it('asks nothing of page tracking where clonectl compared the pages', () => {
    expect(problemsOf({ trackedSince: 11n })).toEqual([])
  })
})
