import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planBinlogExpiry } from '../../../src/binlog/needed-binlogs.ts'
import type { BinlogArchive } from '../../../src/binlog/binlog-archive.ts'
import { recoveryWindows } from '../../../src/binlog/recovery-windows.ts'
import type { Backup } from '../../../src/chain/backup.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { atHour, makeFull } from '../../fakes/backup.ts'
import {
  binlogArchive,
  binlogFacts,
  factsInARow,
  otherUuid,
  serverUuid,
} from '../../fakes/binlog-facts.ts'

/** Five transactions an hour, a file for each hour; with GTIDs or without. */
const factsOf = (hours: readonly number[], withGtids: boolean) =>
  hours.map((hour) =>
    binlogFacts({
      name: `binlog.${String(hour).padStart(6, '0')}`,
      first: atHour(hour).toISOString(),
      last: atHour(hour + 0.9).toISOString(),
      transactions: 5,
      ...(withGtids
        ? {
            previousGtids: hour === 0 ? '' : `${serverUuid}:1-${hour * 5}`,
            gtids: `${serverUuid}:${hour * 5 + 1}-${hour * 5 + 5}`,
          }
        : { anonymous: 5 }),
    }),
  )

const backupOf = (hour: number, withGtids: boolean, server = serverUuid): Backup =>
  makeFull(hour + 0.5, {
    serverUuid: server,
    before: {
      at: atHour(hour + 0.5),
      binlogFile: server === serverUuid ? `binlog.${String(hour).padStart(6, '0')}` : 'x.000001',
      binlogPosition: 500,
      gtidExecuted: withGtids ? `${serverUuid}:1-${hour * 5 + 2}` : '',
    },
  })

const hoursTo = (count: number) => Array.from({ length: count }, (_, hour) => hour)

const plan = (
  archive: BinlogArchive,
  kept: readonly Backup[],
  unreadable: readonly string[] = [],
) => {
  const [only] = planBinlogExpiry([archive], { kept, unreadable })
  return { expired: only?.expired.map(({ name }) => name), why: only?.why?.code }
}

const archive = binlogArchive(factsOf(hoursTo(6), false))
const namesTo = (count: number) => archive.binlogs.slice(0, count).map(({ name }) => name)

describe('the archived binlogs that may go', () => {
  it('lie before the one in which the oldest kept backup ends, which stays', () => {
    const kept = [backupOf(4, false), backupOf(2, false)]
    expect(plan(archive, kept)).toEqual({ expired: namesTo(2), why: 'NEEDED' })
  })

  it('are none without a kept backup, or with none that these binlogs continue', () => {
    expect(plan(archive, [])).toEqual({ expired: [], why: 'NO_BACKUP' })
    const foreign = backupOf(4, false, otherUuid)
    expect(plan(archive, [foreign])).toEqual({ expired: [], why: 'NO_BACKUP' })
  })

  it('are told by GTIDs where another server took the backup', () => {
    const gtids = binlogArchive(factsOf(hoursTo(6), true))
    expect(plan(gtids, [backupOf(3, true, otherUuid)])).toEqual({
      expired: namesTo(3),
      why: 'NEEDED',
    })
  })

  it('never are the newest one, by which a puller sees where it stands', () => {
    expect(plan(archive, [backupOf(9, false)])).toEqual({ expired: namesTo(5), why: 'NEWEST' })
  })

  it('are not held back by a backup that the archive does not reach back to', () => {
    const later = binlogArchive(factsOf([2, 3, 4, 5], false))
    const kept = [backupOf(0, false), backupOf(4, false)]
    expect(plan(later, kept)).toEqual({
      expired: ['binlog.000002', 'binlog.000003'],
      why: 'NEEDED',
    })
  })

  it('are none while nobody knows what a backup needs, and none behind an entry that nobody understands', () => {
    const kept = [backupOf(4, false)]
    expect(plan(archive, kept, ['UTC20261120T000000.000-full'])).toEqual({
      expired: [],
      why: 'MANIFEST_DAMAGED',
    })
    const error = new ClonectlError('REPOSITORY_UNREADABLE', 'is no JSON')
    const [first, second, ...rest] = factsOf(hoursTo(6), false)
    if (first === undefined || second === undefined) throw new Error('six rows')
    const damaged = { name: second.name, path: '/x', error }
    expect(plan(binlogArchive([first, ...rest], { damaged: [damaged] }), kept)).toEqual({
      expired: [first.name],
      why: 'BINLOG_DAMAGED',
    })
    const missing = { ...damaged, error: new ClonectlError('INTEGRITY', 'is missing') }
    const [only] = planBinlogExpiry([binlogArchive([first, ...rest], { damaged: [missing] })], {
      kept,
      unreadable: [],
    })
    expect(only?.expired).toHaveLength(3)
    expect(only?.damaged).toEqual([second.name])
  })

  it('are all of an earlier history of the server that every kept backup came after', () => {
    const ended = { ...archive, endedAt: atHour(7).toISOString() }
    const after = backupOf(2, false)
    const place = { binlogPosition: 500, gtidExecuted: '' }
    const later = makeFull(9, {
      serverUuid,
      before: { ...place, at: atHour(9), binlogFile: 'binlog.000001' },
    })
    expect(plan(ended, [later])).toEqual({ expired: namesTo(6), why: undefined })
    expect(plan(ended, [later, after])).toEqual({ expired: namesTo(2), why: 'NEEDED' })
    expect(plan(ended, [])).toEqual({ expired: [], why: 'NO_BACKUP' })
  })

  it('shorten no recovery window of what is kept, whichever are missing', () => {
    const scene = fc.record({
      here: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      backups: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
      withGtids: fc.boolean(),
    })
    fc.assert(
      fc.property(scene, ({ here, backups, withGtids }) => {
        const facts = factsOf(hoursTo(8), withGtids).filter((_, hour) => here[hour])
        const whole = binlogArchive(facts)
        const kept = backups.map((hour) => backupOf(hour, withGtids))
        const [only] = planBinlogExpiry([whole], { kept, unreadable: [] })
        const left = binlogArchive(only?.kept ?? [])
        expect(only?.expired).toEqual(whole.binlogs.slice(0, only?.expired.length))
        expect(recoveryWindows(kept, [left])).toEqual(recoveryWindows(kept, [whole]))
      }),
    )
  })
})

it('binlogs in a row are all kept for a backup that ends in the first of them', () => {
  const facts = factsInARow([3, 3, 3])
  const before = { at: atHour(1), binlogPosition: 157, gtidExecuted: `${serverUuid}:1-2` }
  const backup = makeFull(1, { serverUuid, before: { ...before, binlogFile: 'binlog.000001' } })
  expect(plan(binlogArchive(facts), [backup])).toEqual({ expired: [], why: 'NEEDED' })
})
