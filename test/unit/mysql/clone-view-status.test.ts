import { describe, expect, it } from 'vitest'
import { parseCloneViewStatus, parseStockViewStatus } from '../../../src/mysql/clone-view-status.ts'

const lines = [
  '2 17',
  '1718707168214999 1718707182980000',
  'LOCAL INSTANCE',
  '0',
  '',
  '0 21635197273 9223372036854775807',
  '',
  '0',
  '',
  '',
]
const withLine = (number: number, text: string): string => lines.with(number - 1, text).join('\n')

describe('parseCloneViewStatus', () => {
  it('reads times to the millisecond and LSNs to the last digit', () => {
    expect(parseCloneViewStatus(lines.join('\n'), 'F')).toEqual({
      beginTime: new Date('2024-06-18T10:39:28.214Z'),
      endTime: new Date('2024-06-18T10:39:42.980Z'),
      source: 'LOCAL INSTANCE',
      startLsn: 0n,
      pageTrackLsn: 21635197273n,
      endLsn: 9223372036854775807n,
    })
  })

  it.each([
    ['nothing', '', 'F: expected lines of state and id'],
    ['another file', 'start_lsn = 0\n', 'F: expected lines of state and id'],
    ['no times', withLine(2, ''), 'F: expected lines of state and id'],
    ['a clone at work', withLine(1, '1 17'), 'F: the clone is in progress, error 0'],
    ['a state that does not exist', withLine(1, '7 17'), 'F: the clone is in state 7, error 0'],
    [
      'a clone that failed',
      lines.with(0, '3 17').with(3, '1317').with(4, 'Query execution was interrupted').join('\n'),
      'F: the clone is failed, error 1317: Query execution was interrupted',
    ],
    ['an error', withLine(4, '1026'), 'F: the clone is completed, error 1026'],
    ['times that run backwards', withLine(2, '9 8'), 'F: the clone began at 9 and ended at 8'],
    ['an end without a beginning', withLine(2, '0 8'), 'F: the clone began at 0 and ended at 8'],
    [
      'what stock MySQL writes, without a line of LSNs',
      lines.toSpliced(5, 1).join('\n'),
      'F: its sixth line does not hold three LSNs',
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseCloneViewStatus(text, 'F')).toThrow(
      expect.objectContaining({
        code: 'INTEGRITY',
        message: expect.stringContaining(message) as unknown,
      }),
    )
  })
})

describe('parseStockViewStatus', () => {
  const stock = '2 1\n1795185999435304 1795185999676468\ndb1:3306\n0\n\n\n0\n\n'

  it('reads what MySQL 9.7 writes', () => {
    expect(parseStockViewStatus(stock, 'F')).toEqual({
      beginTime: new Date('2026-11-20T14:46:39.435Z'),
      endTime: new Date('2026-11-20T14:46:39.676Z'),
      source: 'db1:3306',
    })
  })

  it.each([
    ['a clone that failed', stock.replace('2 1', '3 1'), 'F: the clone is failed, error 0'],
    ['half a file', stock.slice(0, 10), 'F: expected lines of state and id'],
    ['a clone of GreatSQL', lines.join('\n'), 'F: its sixth line holds three LSNs'],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseStockViewStatus(text, 'F')).toThrow(message)
  })
})
