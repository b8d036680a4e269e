import { describe, expect, it } from 'vitest'
import { makeBaseStack } from '../../../src/chain/base-stack.ts'
import {
  type HistorySource,
  makeHistorySource,
  type PlacedClone,
  takeAccount,
} from '../../../src/chain/history-source.ts'
import { forkOf, lackOf, regressionOf, restartOf } from '../../../src/chain/history-verdicts.ts'
import type { HistoryRow } from '../../../src/mysql/clone-history.ts'
import { fullRow, incrementRow } from '../../fakes/history-rows.ts'

const clone = (
  source: HistorySource,
  row: HistoryRow,
  facts: Partial<PlacedClone> = {},
): PlacedClone => ({
  row,
  pageTrackLsn: row.pageTrackLsn,
  source,
  chain: { id: row.id, bases: [] },
  era: 0,
  child: undefined,
  ...facts,
})

const sourceWith = (row?: HistoryRow, facts: Partial<PlacedClone> = {}): HistorySource => {
  const source = makeHistorySource()
  if (row !== undefined) takeAccount(clone(source, row, facts))
  return source
}

const five = incrementRow(5, 300)

describe('a fallen LSN', () => {
  const source = sourceWith(fullRow(9))

  it('ends an era where a full shows it, and is a fault of an increment', () => {
    expect(restartOf(source, fullRow(5))).toEqual({
      code: 'LSN_RESTARTED',
      message:
        'ends at LSN 550, though ID 9 before it ended at 950: the server was rebuilt or restored, and nothing that follows sits on what is older',
    })
    expect(regressionOf(source, five)).toEqual({
      code: 'LSN_REGRESSION',
      message: 'ends at LSN 550, though ID 9 before it ended at 950',
    })
  })

  it('is none where it stands still, or is not known', () => {
    expect(restartOf(source, fullRow(5, { endLsn: 950n }))).toBeUndefined()
    expect(restartOf(source, fullRow(5, { endLsn: 0n }))).toBeUndefined()
    expect(regressionOf(source, incrementRow(5, 300, { endLsn: 950n }))).toBeUndefined()
    expect(regressionOf(sourceWith(), five)).toBeUndefined()
  })
})

describe('forkOf', () => {
  it('names what sits there already', () => {
    const base = clone(sourceWith(), fullRow(1))
    expect(forkOf(base)).toBeUndefined()
    expect(forkOf({ ...base, child: incrementRow(2, 100) })).toEqual({
      code: 'FORK',
      message: 'sits on ID 1 beside ID 2, not on top of it',
    })
  })
})

describe('lackOf', () => {
  const elsewhere = makeBaseStack<PlacedClone>()
  elsewhere.add(clone(sourceWith(), fullRow(4, { source: 'db1:3306' })))

  it.each([
    [
      'BASE_BROKEN',
      'sits on ID 4, which cannot be restored',
      sourceWith(fullRow(4), { chain: undefined }),
    ],
    [
      'LSN_GAP',
      'holds changes since LSN 300, and of those before it ID 2 is complete farthest, up to 200',
      sourceWith(fullRow(2)),
    ],
    [
      'NOT_TRACKED',
      'those before it were taken without page tracking',
      sourceWith(fullRow(4, { pageTrackLsn: 0n })),
    ],
    [
      'FOREIGN_SERVER',
      'taken from LOCAL INSTANCE; ID 4, on which it would fit, from db1:3306',
      sourceWith(),
    ],
  ])('says %s: %s', (code, message, source) => {
    expect(lackOf(five, source, elsewhere)).toEqual({ code, message })
  })

  it('says what is looked for when nothing of another server would fit', () => {
    const message = 'needs a base with PAGE_TRACK_LSN 500 or more, and there is none before it'
    const lost = { code: 'BASE_MISSING', message }
    expect(lackOf(incrementRow(5, 500), sourceWith(), elsewhere)).toEqual(lost)
    const early = incrementRow(5, 300, { endLsn: 300n })
    expect(lackOf(early, sourceWith(), elsewhere).code).toBe('BASE_MISSING')
  })
})
