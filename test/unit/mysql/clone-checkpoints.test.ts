import { describe, expect, it } from 'vitest'
import { parseCloneCheckpoints } from '../../../src/mysql/clone-checkpoints.ts'

const file = (start: string, track: string, end: string): string =>
  `start_lsn = ${start}\npage_track_lsn = ${track}\nend_lsn = ${end}\n`

const good = file('21635197273', '21635197273', '21635283915')

describe('U-01: parseCloneCheckpoints', () => {
  it.each([
    ['an increment', good, [21635197273n, 21635197273n, 21635283915n]],
    ['a full', file('0', '21635197273', '21635237128'), [0n, 21635197273n, 21635237128n]],
    ['a full without tracking', file('0', '0', '77'), [0n, 0n, 77n]],
    ['an increment without tracking', file('5', '0', '77'), [5n, 0n, 77n]],
    [
      'the largest number, digit by digit',
      file('9007199254740993', '9007199254740993', '9223372036854775807'),
      [9007199254740993n, 9007199254740993n, 9223372036854775807n],
    ],
  ])('reads that of %s', (_what, text, [startLsn, pageTrackLsn, endLsn]) => {
    expect(parseCloneCheckpoints(text, 'F')).toEqual({ startLsn, pageTrackLsn, endLsn })
  })

  it.each([
    ['nothing', '', /^F: found "", expected the three lines "start_lsn = N"/],
    ['two lines', good.split('\n').slice(0, 2).join('\n'), /^F: found .*expected the three/],
    ['a last line that is cut', good.trimEnd(), /^F: found .*expected the three/],
    ['a fourth line', `${good}x = 1\n`, /^F: found .*expected the three/],
    ['another order', good.split('\n').toReversed().join('\n').trim(), /^F: found .*expected/],
    ['CRLF', good.replaceAll('\n', '\r\n'), /^F: found .*expected the three/],
    ['no number', file('0', 'x', '1'), /^F: found .*expected the three/],
    ['a sign', file('0', '-1', '1'), /^F: found .*expected the three/],
    [
      'a start after the tracking',
      file('6', '5', '7'),
      /^F: start_lsn 6, .* expected start_lsn <= page/,
    ],
    ['a tracking after the end', file('0', '8', '7'), /page_track_lsn 8, end_lsn 7 do not follow/],
    ['an end before the start, untracked', file('8', '0', '7'), /do not follow each other/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseCloneCheckpoints(text, 'F')).toThrow(
      expect.objectContaining({
        code: 'INTEGRITY',
        message: expect.stringMatching(message) as unknown,
        details: { file: 'F' },
      }),
    )
  })
})
