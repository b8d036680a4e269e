import { describe, expect, it } from 'vitest'
import { missingColumns, readHistoryValue } from '../../../src/chain/history-values.ts'

describe('readHistoryValue', () => {
  it.each([
    ['id', '3', '3'],
    ['integer', '-1', '-1'],
    ['integer', null, null],
    ['text', 'LOCAL INSTANCE', 'LOCAL INSTANCE'],
    ['text', null, null],
    ['lsn', '9223372036854775807', '9223372036854775807'],
    ['lsn', null, null],
    ['time', '2024-06-18 10:39:28.214', '2024-06-18 10:39:28.214'],
    ['time', '2024-06-18 10:39:28', '2024-06-18 10:39:28.000'],
    ['time', '2024-06-18 10:39:28.214999', '2024-06-18 10:39:28.214'],
    ['time', '0000-00-00 00:00:00.000', null],
    ['time', null, null],
  ] as const)('reads the %s %s as %s', (kind, text, value) => {
    expect(readHistoryValue(kind, text, 0)).toEqual({ ok: true, value })
  })

  it.each([
    ['id', 'x', 'a whole number'],
    ['id', '-3', 'a whole number'],
    ['id', '', 'a whole number'],
    ['id', null, 'a whole number'],
    ['integer', '1.5', 'a whole number'],
    ['lsn', '-5', 'a decimal LSN'],
    ['lsn', '', 'a decimal LSN'],
    ['lsn', '2.1e10', 'a decimal LSN'],
    ['lsn', '99999999999999999999', 'a decimal LSN'],
    ['time', '2024-02-30 10:39:28', 'a time such as 2026-11-20 09:30:12.345'],
    ['time', '18.06.2024 10:39', 'a time such as 2026-11-20 09:30:12.345'],
    ['time', '2024-06-18T10:39:28Z', 'a time such as 2026-11-20 09:30:12.345'],
  ] as const)('does not take the %s %s: expected %s', (kind, text, expected) => {
    expect(readHistoryValue(kind, text, 0)).toEqual({ ok: false, expected })
  })

  it.each([
    [480, '2024-06-18 02:39:28.214'],
    [-300, '2024-06-18 15:39:28.214'],
    [-14 * 60, '2024-06-19 00:39:28.214'],
  ])('takes times of a zone %i minutes ahead to UTC', (offset, value) => {
    const read = readHistoryValue('time', '2024-06-18 10:39:28.214', offset)
    expect(read).toEqual({ ok: true, value })
  })
})

describe('missingColumns', () => {
  it('are those without which no chain can be built', () => {
    expect(missingColumns(new Set(['ID', 'START_LSN', 'SOURCE', 'STATE', 'MORE']))).toEqual([
      'CLONE_TYPE',
      'BEGIN_TIME',
      'END_TIME',
      'PAGE_TRACK_LSN',
      'END_LSN',
    ])
  })
})
