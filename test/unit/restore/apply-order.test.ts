import { describe, expect, it } from 'vitest'
import { requireFits } from '../../../src/restore/apply-order.ts'

const lsns = (startLsn: bigint, pageTrackLsn: bigint, endLsn: bigint) => ({
  startLsn,
  pageTrackLsn,
  endLsn,
})

// The backups of the manual's example, whose increments both start where the full does.
const three = lsns(0n, 21635197273n, 21635237128n)
const four = lsns(21635197273n, 21635197273n, 21635284125n)
const five = lsns(21635197273n, 21635197273n, 21635331027n)

describe('the order of increments', () => {
  it.each([
    ['4 on 3', [three], four],
    ['5 on 4', [three, four], five],
    ['5 on 3, without 4', [three], five],
    [
      'beyond 2^53',
      [lsns(0n, 9007199254740993n, 9007199254740993n)],
      lsns(9007199254740993n, 9007199254740993n, 9007199254740995n),
    ],
  ])('allows %s', (_, applied, increment) => {
    expect(() => requireFits(applied, increment, 'it')).not.toThrow()
  })

  it.each([
    ['the same twice', [three, four], four, 'it has been applied already'],
    [
      'an older one after a newer',
      [three, five],
      four,
      'it ends at LSN 21635284125, the data directory is at 21635331027 already',
    ],
    [
      'a gap',
      [three],
      lsns(21635197274n, 21635197300n, 21635400000n),
      'it begins at LSN 21635197274, the data directory reaches 21635197273',
    ],
    [
      'a gap of one beyond 2^53',
      [lsns(0n, 9007199254740992n, 9007199254740992n)],
      lsns(9007199254740993n, 9007199254740993n, 9007199254740995n),
      'it begins at LSN 9007199254740993, the data directory reaches 9007199254740992',
    ],
    ['a full', [three], lsns(0n, 5n, 6n), 'it is a full'],
    [
      'anything on an untracked full',
      [lsns(0n, 0n, 6n)],
      four,
      'what it would be applied to was taken without page tracking, so nothing follows it',
    ],
  ])('refuses %s', (_, applied, increment, why) => {
    expect(() => requireFits(applied, increment, 'it')).toThrow(`it cannot be applied: ${why}`)
  })
})
