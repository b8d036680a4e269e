import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import type { DonorState } from '../../../src/chain/choose-base.ts'
import { baseInNeed, judgeNextIncrement } from '../../../src/clone/tracking-need.ts'

const backup = (hour: number, changes: Partial<Backup> = {}): Backup => {
  const time = new Date(Date.UTC(2026, 10, 20, hour))
  return {
    id: `UTC20261120T${String(hour).padStart(2, '0')}0000.000-full`,
    type: 'full',
    engine: 'mysql',
    base: undefined,
    serverUuid: 'this-server',
    serverVersion: '9.7.4',
    startLsn: 0n,
    pageTrackLsn: 1000n,
    endLsn: 1100n,
    trackedSince: 900n,
    beginTime: time,
    endTime: time,
    storedBytes: 1,
    resultBytes: 1,
    compression: 'none',
    label: undefined,
    ...changes,
  }
}

const donor: DonorState = {
  engine: 'mysql',
  serverUuid: 'this-server',
  version: '9.7.4',
  lsn: 5000n,
  now: new Date('2030-01-01T00:00:00Z'),
  trackedSince: 900n,
}

const inNeed = (backups: readonly Backup[], state = donor) =>
  baseInNeed(judgeNextIncrement(backups, state))?.id

describe('the base that needs the tracking that is on', () => {
  it('is the newest usable backup taken while it was on', () => {
    expect(inNeed([backup(1), backup(2)])).toBe(backup(2).id)
  })

  it('is none when there is no backup at all', () => {
    expect(inNeed([])).toBeUndefined()
    expect(judgeNextIncrement([], donor)).toMatchObject({
      base: undefined,
      decision: { type: 'full', code: 'NO_BASE' },
    })
  })

  it('is none when the newest was taken without tracking: increments on it do not mind', () => {
    const next = judgeNextIncrement([backup(1), backup(2, { trackedSince: undefined })], donor)
    expect(baseInNeed(next)).toBeUndefined()
    expect(next.decision.type).toBe('increment')
  })

  it('is none when the newest was taken in an earlier run of tracking', () => {
    const next = judgeNextIncrement([backup(1, { trackedSince: 800n })], donor)
    expect(baseInNeed(next)).toBeUndefined()
    expect(next.decision).toMatchObject({ type: 'full', code: 'TRACKING_CHANGED' })
    expect(next.base?.id).toBe(backup(1).id)
  })

  it('is none when no increment could be made for another reason', () => {
    expect(inNeed([backup(1)], { ...donor, version: '9.8.0' })).toBeUndefined()
    expect(inNeed([backup(1)], { ...donor, lsn: 1050n })).toBeUndefined()
    expect(inNeed([backup(1)], { ...donor, trackedSince: undefined })).toBeUndefined()
  })

  it('is never a backup of another server, however new', () => {
    expect(inNeed([backup(1), backup(2, { serverUuid: 'another' })])).toBe(backup(1).id)
  })

  it('is never an increment that cannot be restored', () => {
    const orphan = backup(2, { type: 'increment', base: 'UTC20261119T000000.000-full' })
    expect(inNeed([backup(1), orphan])).toBe(backup(1).id)
  })
})
