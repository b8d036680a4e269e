import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import {
  chooseBase,
  type DonorState,
  type FallbackCode,
  fallbackCodes,
} from '../../../src/chain/choose-base.ts'
import { makeFull, makeIncrement, SERVER_UUID } from '../../fakes/backup.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const full = makeFull(1)
const increment = makeIncrement(full, 2)
const donor: DonorState = {
  engine: 'mysql',
  serverUuid: SERVER_UUID,
  version: '9.7.4',
  lsn: 5000n,
  now: new Date('2030-01-01T00:00:00Z'),
  trackedSince: 10n,
}

describe('chooseBase', () => {
  it.each([
    ['latest', increment],
    ['latest-full', full],
    [full.id, full],
    ['UTC20261120T02', increment],
  ])('makes the increment on %s when nothing is against it', (reference, base) => {
    expect(chooseBase(reference, [full, increment], donor)).toEqual({
      type: 'increment',
      base,
      reason: `${base.id} is usable`,
    })
  })

  it('throws for a base that does not exist: that is a mistake and no reason for a full', () => {
    expect(refusalOf(() => chooseBase('UTC1999', [full], donor)).code).toBe('BACKUP_UNKNOWN')
  })

  it.each<[string, Partial<Backup>, Partial<DonorState>]>([
    ['an idle donor, still where the base ended', { endLsn: 5000n }, {}],
    ['a base taken while nothing was tracked', { trackedSince: undefined }, {}],
    ['nothing tracked, then or now', { trackedSince: undefined }, { trackedSince: undefined }],
  ])('makes the increment with %s', (_, base, state) => {
    const decision = chooseBase('latest', [{ ...full, ...base }], { ...donor, ...state })
    expect(decision.type).toBe('increment')
  })

  const fallbacks: readonly [FallbackCode, Partial<DonorState>, string][] = [
    [
      'SERVER_CHANGED',
      { serverUuid: 'another', version: '9.8.0', lsn: 1n },
      `${full.id} was taken from server ${SERVER_UUID}, this is another`,
    ],
    [
      'VERSION_CHANGED',
      { version: '9.8.0', lsn: 1n },
      `${full.id} was taken from version 9.7.4, the server now is 9.8.0`,
    ],
    [
      'ENCRYPTION_CHANGED',
      { encryption: 'aes-256-gcm:0123456789abcdef', lsn: 1n },
      `${full.id} was encrypted with no key, the increment would be with aes-256-gcm:0123456789abcdef`,
    ],
    [
      'LSN_WENT_BACK',
      { lsn: 1099n, trackedSince: 20n },
      `the server is at LSN 1099, before the end of ${full.id} at 1100: it was rebuilt or restored`,
    ],
    [
      'CLOCK_WENT_BACK',
      { now: full.endTime },
      `the server's clock says ${full.endTime.toISOString()}, which is not after the end of ${full.id} at ${full.endTime.toISOString()}`,
    ],
    [
      'TRACKING_CHANGED',
      { trackedSince: 2000n },
      `page tracking was restarted at LSN 2000 after ${full.id} was taken`,
    ],
    [
      'TRACKING_CHANGED',
      { trackedSince: undefined },
      `page tracking, on since LSN 10 when ${full.id} was taken, is off now`,
    ],
  ]

  it.each(fallbacks)('takes a full with %s, and says why', (code, state, reason) => {
    expect(chooseBase('latest', [full], { ...donor, ...state })).toEqual({
      type: 'full',
      code,
      reason,
    })
  })

  describe('for increments that the server makes', () => {
    const base: Backup = { ...full, engine: 'greatsql', pageTrackLsn: 1000n, trackedSince: 900n }
    const server: DonorState = { ...donor, engine: 'greatsql', trackedSince: 900n }
    const decide = (changes: Partial<Backup>, state: Partial<DonorState> = {}) =>
      chooseBase('latest', [{ ...base, ...changes }], { ...server, ...state })

    it.each([900n, 1000n])('wants tracking since the base: LSN %d will do', (trackedSince) => {
      expect(decide({}, { trackedSince }).type).toBe('increment')
    })

    it.each<[FallbackCode, Partial<Backup>, Partial<DonorState>, RegExp]>([
      ['TRACKING_CHANGED', {}, { trackedSince: 1001n }, /anew at LSN 1001.* from 1000$/],
      ['TRACKING_CHANGED', {}, { trackedSince: undefined }, /from LSN 1000, is off now$/],
      ['NOT_TRACKED', { pageTrackLsn: 0n }, {}, /was taken without page tracking$/],
      ['ENGINE_CHANGED', { engine: 'mysql' }, {}, /engine mysql, the increment .* by greatsql$/],
    ])('takes a full with %s otherwise', (code, changes, state, reason) => {
      expect(decide(changes, state)).toEqual({
        type: 'full',
        code,
        reason: expect.stringMatching(reason),
      })
    })
  })

  it('takes a full with NO_BASE when nothing usable is there, whatever was named', () => {
    expect(chooseBase(full.id, [], donor)).toEqual({
      type: 'full',
      code: 'NO_BASE',
      reason: 'the repository holds no usable backup',
    })
  })

  it('leaves to others only what was asked for and what is damaged', () => {
    const tracked = ['ENGINE_CHANGED', 'NOT_TRACKED']
    const here = new Set([...fallbacks.map(([code]) => code), 'NO_BASE', ...tracked])
    expect(fallbackCodes.filter((code) => !here.has(code))).toEqual(['FULL_ASKED', 'BASE_DAMAGED'])
  })
})
