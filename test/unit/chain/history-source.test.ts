import { describe, expect, it } from 'vitest'
import {
  beginEra,
  makeHistorySource,
  type PlacedClone,
  takeAccount,
} from '../../../src/chain/history-source.ts'
import type { HistoryRow } from '../../../src/mysql/clone-history.ts'
import { fullRow } from '../../fakes/history-rows.ts'

const chain = { id: '1', bases: [] as PlacedClone[] }
const source = makeHistorySource()

const clone = (row: HistoryRow, facts: Partial<PlacedClone> = {}): PlacedClone => ({
  row,
  pageTrackLsn: row.pageTrackLsn,
  source,
  chain,
  era: source.era,
  child: undefined,
  ...facts,
})

describe('takeAccount', () => {
  it('makes a base of a tracked member of a chain', () => {
    const base = clone(fullRow(1))
    expect(takeAccount(base)).toBe(true)
    expect(source).toMatchObject({ hasUsable: true, highest: base.row })
    expect([source.bases.farthest(), ...chain.bases]).toEqual([base, base])
  })

  it('makes none of what has no tracking, of an orphan, and of what is not to be believed', () => {
    const untracked = clone(fullRow(2, { pageTrackLsn: 0n }))
    const orphan = clone(fullRow(3), { chain: undefined })
    const wrong = clone(fullRow(9), { era: undefined })
    expect([untracked, orphan, wrong].map(takeAccount)).toEqual([false, false, false])
    expect(source.brokenBases.farthest()).toBe(orphan)
    expect(source.highest).toBe(orphan.row)
    expect(chain.bases).toHaveLength(1)
  })
})

describe('beginEra', () => {
  it('forgets what was, and what comes late', () => {
    const late = clone(fullRow(4))
    beginEra(source)
    expect(takeAccount(late)).toBe(false)
    expect(source).toMatchObject({ era: 1, hasUsable: false, highest: undefined })
    expect([source.bases.farthest(), source.brokenBases.farthest()]).toEqual([undefined, undefined])
  })
})
