import { describe, expect, it } from 'vitest'
import { newestBackupBefore, recoveryWindow } from '../../../src/chain/recovery-window.ts'
import { atHour, makeFull, makeIncrement } from '../../fakes/backup.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const older = makeFull(1, { endTime: atHour(1.5) })
const newer = makeIncrement(older, 2, { endTime: atHour(2.5) })
const justBefore = (time: Date): Date => new Date(time.getTime() - 1)

describe('recoveryWindow', () => {
  it('reaches from the end of the oldest backup to the end of the binlogs', () => {
    expect(recoveryWindow([newer, older], atHour(9))).toEqual({ from: atHour(1.5), to: atHour(9) })
  })

  it('reaches to the end of the newest backup without binlogs, or with binlogs that end before it', () => {
    const window = { from: atHour(1.5), to: atHour(2.5) }
    expect(recoveryWindow([older, newer], undefined)).toEqual(window)
    expect(recoveryWindow([older, newer], atHour(2))).toEqual(window)
  })

  it('is one instant with one backup and nothing more', () => {
    expect(recoveryWindow([older], undefined)).toEqual({ from: atHour(1.5), to: atHour(1.5) })
  })

  it('is none without a backup, however many binlogs there are', () => {
    expect(recoveryWindow([], atHour(9))).toBeUndefined()
  })
})

describe('newestBackupBefore', () => {
  it.each([
    ['long after both', atHour(9), newer],
    ['at the very end of the newer', atHour(2.5), newer],
    ['a millisecond before that', justBefore(atHour(2.5)), older],
    ['at the very end of the older', atHour(1.5), older],
  ])('for a target %s takes the one with the least to replay', (_, target, backup) => {
    expect(newestBackupBefore(target, [older, newer])).toBe(backup)
    expect(newestBackupBefore(target, [newer, older])).toBe(backup)
  })

  it('goes by the end of a backup: one that ended later was begun too early', () => {
    const slow = makeFull(0, { endTime: atHour(5) })
    expect(newestBackupBefore(atHour(4), [slow, older, newer])).toBe(newer)
    expect(newestBackupBefore(atHour(5), [slow, older, newer])).toBe(slow)
  })

  it('takes the later of two that ended at once', () => {
    const twin = makeFull(2.25, { endTime: newer.endTime })
    expect(newestBackupBefore(atHour(9), [older, newer, twin])).toBe(twin)
  })

  it('refuses a target before the end of every backup, and names the earliest that can be reached', () => {
    expect(
      refusalOf(() => newestBackupBefore(justBefore(atHour(1.5)), [newer, older])),
    ).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message:
        '2026-11-20T01:29:59.999Z lies before the end of the oldest usable backup (2026-11-20T01:30:00.000Z)',
      hint: 'the earliest time that can be reached: --to-time 2026-11-20T01:30:00.000Z',
      details: { target: '2026-11-20T01:29:59.999Z', from: '2026-11-20T01:30:00.000Z' },
    })
  })

  it('says that there is no backup when there is none', () => {
    expect(refusalOf(() => newestBackupBefore(atHour(3), []))).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      hint: 'take a backup first: clonectl full',
    })
  })
})
