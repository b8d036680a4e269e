import { describe, expect, it } from 'vitest'
import { rowFault, rowTypeOf } from '../../../src/chain/history-faults.ts'
import type { HistoryRow } from '../../../src/mysql/clone-history.ts'
import { atMinute, fullRow, incrementRow } from '../../fakes/history-rows.ts'

describe('rowFault', () => {
  it.each([
    ['a full', fullRow(3)],
    ['an increment', incrementRow(4, 300)],
    ['an increment while nothing happened', incrementRow(4, 400, { endLsn: 400n })],
    ['a full without tracking', fullRow(3, { pageTrackLsn: 0n })],
    ['a full without any LSN', fullRow(3, { pageTrackLsn: 0n, endLsn: 0n })],
    ['an increment without tracking', incrementRow(4, 300, { pageTrackLsn: 0n })],
    ['a clone that took no time', fullRow(3, { beginTime: atMinute(1), endTime: atMinute(1) })],
  ])('finds nothing wrong with %s', (_what, row) => {
    expect(rowFault(row)).toBeUndefined()
  })

  it.each<[string, string, HistoryRow]>([
    [
      'FAILED',
      'its state is Failed, error 1317: Query execution was interrupted',
      fullRow(3, {
        state: 'Failed',
        errorNo: 1317,
        errorMessage: 'Query execution was interrupted',
      }),
    ],
    ['FAILED', 'its state is Failed, error 0: without', fullRow(3, { state: 'Failed' })],
    ['FAILED', 'its state is Completed, error 1026: ', fullRow(3, { errorNo: 1026 })],
    [
      'NOT_COMPLETED',
      'its state is In Progress, expected Completed',
      fullRow(3, { state: 'In Progress' }),
    ],
    ['NOT_COMPLETED', 'its state is NULL, expected Completed', fullRow(3, { state: '' })],
    ['TYPE_UNKNOWN', 'its type is clone, expected full', fullRow(3, { cloneType: 'clone' })],
    ['TYPE_UNKNOWN', 'its type is NULL, expected full', fullRow(3, { cloneType: '' })],
    [
      'LSN_INVALID',
      'its type is full clone and its START_LSN 7; only a full clone has 0',
      fullRow(3, { startLsn: 7n }),
    ],
    ['LSN_INVALID', 'its type is increment clone and its START_LSN 0', incrementRow(4, 0)],
    [
      'LSN_INVALID',
      'its LSNs are 401, 400, 450, expected START_LSN <= PAGE_TRACK_LSN <= END_LSN',
      incrementRow(4, 401),
    ],
    ['LSN_INVALID', 'its LSNs are 0, 300, 299', fullRow(3, { endLsn: 299n })],
    [
      'LSN_INVALID',
      'its LSNs are 300, 0, 0',
      incrementRow(4, 300, { pageTrackLsn: 0n, endLsn: 0n }),
    ],
    [
      'TIME_INVALID',
      'it began at NULL and ended at 2026-11-20T00:31:00.000Z',
      fullRow(3, { beginTime: undefined }),
    ],
    ['TIME_INVALID', 'and ended at NULL', fullRow(3, { endTime: undefined })],
    ['TIME_INVALID', 'it began at 2026-11-20T00:40:00', fullRow(3, { beginTime: atMinute(40) })],
  ])('says %s: %s', (code, message, row) => {
    expect(rowFault(row)).toEqual({ code, message: expect.stringContaining(message) as unknown })
  })
})

describe('rowTypeOf', () => {
  it('goes by the words of the server alone', () => {
    const types = ['full clone', 'increment clone', 'Full', ''].map((cloneType) =>
      rowTypeOf(fullRow(3, { cloneType, destination: '/backup/incr/3' })),
    )
    expect(types).toEqual(['full', 'increment', undefined, undefined])
  })
})
