import { describe, expect, it } from 'vitest'
import { recoveryWindows } from '../../../src/binlog/recovery-windows.ts'
import type { Backup } from '../../../src/chain/backup.ts'
import { atHour, makeFull } from '../../fakes/backup.ts'
import { binlogArchive, binlogFacts, otherUuid, serverUuid } from '../../fakes/binlog-facts.ts'

/** File n holds what was committed from hour n to a minute before hour n + 1, without GTIDs. */
const fileOf = (hour: number) =>
  binlogFacts({
    name: `binlog.${String(hour).padStart(6, '0')}`,
    first: atHour(hour).toISOString(),
    last: new Date(atHour(hour + 1).getTime() - 60_000).toISOString(),
    transactions: 5,
    anonymous: 5,
  })

/** Taken from `hour` on, in the first half of that hour's file. */
const backupOf = (hour: number, changes: Partial<Backup> = {}): Backup => ({
  ...makeFull(hour),
  serverUuid,
  before: {
    at: atHour(hour),
    binlogFile: fileOf(hour).name,
    binlogPosition: 200,
    gtidExecuted: '',
  },
  ...changes,
})

const archiveOf = (...hours: readonly number[]) => binlogArchive(hours.map(fileOf))

/** As "01:05 to 04:59". */
const told = (backups: readonly Backup[], ...archives: Parameters<typeof recoveryWindows>[1]) =>
  recoveryWindows(backups, archives).map(({ from, to }) =>
    [from, to].map((time) => time.toISOString().slice(11, 16)).join(' to '),
  )

describe('the recovery windows of a server', () => {
  it('are the ends of its backups where there are no binlogs', () => {
    expect(told([backupOf(3), backupOf(1)])).toEqual(['01:05 to 01:05', '03:05 to 03:05'])
    expect(told([], archiveOf(1, 2))).toEqual([])
  })

  it('reach from the end of a backup to the end of the binlogs that continue it', () => {
    expect(told([backupOf(1), backupOf(3)], archiveOf(1, 2, 3, 4))).toEqual(['01:05 to 04:59'])
  })

  it('are parted by a gap, and go on with the next backup', () => {
    const backups = [backupOf(1), backupOf(2), backupOf(5)]
    expect(told(backups, archiveOf(1, 2, 4, 5, 6))).toEqual(['01:05 to 02:59', '05:05 to 06:59'])
  })

  it('have a point for a backup whose binlogs are not there', () => {
    expect(told([backupOf(1), backupOf(4)], archiveOf(2, 3, 4))).toEqual([
      '01:05 to 01:05',
      '04:05 to 04:59',
    ])
  })

  it('reach to when a puller found that nothing is missing', () => {
    const archive = archiveOf(1, 2)
    const { name, sizeBytes } = fileOf(2)
    const seen = { at: atHour(7), name, sizeBytes }
    expect(told([backupOf(1)], { ...archive, seen })).toEqual(['01:05 to 07:00'])
    const further = { ...seen, sizeBytes: sizeBytes + 1 }
    expect(told([backupOf(1)], { ...archive, seen: further })).toEqual(['01:05 to 02:59'])
  })

  it('reach to where an idle server was seen without anything new', () => {
    const place = {
      at: atHour(9),
      binlogFile: 'binlog.000002',
      binlogPosition: 1000,
      gtidExecuted: '',
    }
    const seen = backupOf(8, { before: { ...place, at: atHour(8) }, after: place })
    expect(told([backupOf(1), seen], archiveOf(1, 2))).toEqual(['01:05 to 09:00'])
    const ahead = { ...seen, after: { ...place, binlogPosition: 1001 } }
    expect(told([backupOf(1), ahead], archiveOf(1, 2))).toEqual([
      '01:05 to 08:00',
      '08:05 to 08:05',
    ])
  })

  it('take no binlogs of another server without GTIDs', () => {
    const foreign = binlogArchive([1, 2, 3].map(fileOf), { serverUuid: otherUuid })
    expect(told([backupOf(1)], foreign)).toEqual(['01:05 to 01:05'])
  })

  it('go on with the binlogs of the server that took over', () => {
    const executed = { gtidExecuted: `${serverUuid}:1-10` }
    const backup = backupOf(1, {
      before: { at: atHour(1), binlogFile: 'binlog.000001', binlogPosition: 200, ...executed },
    })
    const own = binlogArchive([
      {
        ...fileOf(1),
        anonymous: 0,
        gtids: `${serverUuid}:11-15`,
        previousGtids: `${serverUuid}:1-9`,
      },
    ])
    const facts = { ...fileOf(5), anonymous: 0, previousGtids: `${serverUuid}:1-9` }
    const next = { ...facts, gtids: `${serverUuid}:10-20,${otherUuid}:1-3` }
    const promoted = binlogArchive([next], { serverUuid: otherUuid })
    expect(told([backup], own, promoted)).toEqual(['01:05 to 05:59'])
    // What the backup lacks of the beginning stands in the binlogs of its own server.
    const later = { ...next, previousGtids: `${serverUuid}:1-14`, gtids: `${otherUuid}:1-3` }
    const split = binlogArchive([{ ...later, gtids: `${serverUuid}:15-20,${otherUuid}:1-3` }], {
      serverUuid: otherUuid,
    })
    expect(told([backup], split)).toEqual(['01:05 to 01:05'])
    expect(told([backup], own, split)).toEqual(['01:05 to 05:59'])
  })
})
