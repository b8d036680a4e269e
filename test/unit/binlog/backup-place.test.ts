import { describe, expect, it } from 'vitest'
import { placeOf } from '../../../src/binlog/backup-place.ts'
import type { LogPlace } from '../../../src/chain/backup.ts'
import { makeFull } from '../../fakes/backup.ts'
import {
  binlogArchive,
  binlogFacts,
  factsInARow,
  otherUuid,
  serverUuid,
} from '../../fakes/binlog-facts.ts'

const noon = '2026-11-20T12:00:00.000Z'

const backupAt = (place: Partial<LogPlace>, server = serverUuid) =>
  makeFull(12, {
    serverUuid: server,
    before: {
      at: new Date(noon),
      binlogFile: null,
      binlogPosition: 157,
      gtidExecuted: '',
      ...place,
    },
  })

/** Transactions 1-10, 11-20, 21-30 in files 7 to 9. */
const archive = binlogArchive(factsInARow([10, 10, 10], 7))
const executed = (last: number) => `${serverUuid}:1-${last}`

describe('on the server it was taken from, a backup begins', () => {
  it('in the file that it names', () => {
    const place = { binlogFile: 'binlog.000008', gtidExecuted: executed(14) }
    expect(placeOf(archive, backupAt(place))).toBe(1)
  })

  it('behind everything when the server had gone further than the archive', () => {
    const place = { binlogFile: 'binlog.000012', gtidExecuted: executed(99) }
    expect(placeOf(archive, backupAt(place))).toBe(3)
  })

  it('nowhere when the archive begins later', () => {
    expect(
      placeOf(archive, backupAt({ binlogFile: 'binlog.000003', gtidExecuted: '' })),
    ).toBeUndefined()
    const later = binlogArchive(factsInARow([10, 10, 10], 7).slice(1))
    expect(
      placeOf(later, backupAt({ binlogFile: 'binlog.000007', gtidExecuted: executed(9) })),
    ).toBeUndefined()
  })

  it('in the next file when it holds all of the one it names, which is gone', () => {
    const later = binlogArchive(factsInARow([10, 10, 10], 7).slice(1))
    const place = { binlogFile: 'binlog.000007', gtidExecuted: executed(10) }
    expect(placeOf(later, backupAt(place))).toBe(0)
  })

  it('not in a file of the same name in which it lacks what came before, or that is too short', () => {
    const lacking = { binlogFile: 'binlog.000008', gtidExecuted: executed(5) }
    expect(placeOf(archive, backupAt(lacking))).toBe(0)
    const withoutGtids = binlogArchive([binlogFacts({ name: 'binlog.000001', sizeBytes: 1000 })])
    expect(
      placeOf(withoutGtids, backupAt({ binlogFile: 'binlog.000001', binlogPosition: 1001 })),
    ).toBeUndefined()
  })

  it.each([
    ['by name', { binlogFile: 'binlog.000001', gtidExecuted: executed(5) }],
    ['by GTIDs', { binlogFile: null, gtidExecuted: executed(5) }],
    ['without GTIDs', { binlogFile: 'binlog.000002', binlogPosition: 90_000, gtidExecuted: '' }],
  ])('not in what the server wrote after it began anew (%s)', (_, place) => {
    const next = '2026-11-21T08:00:00.000Z'
    const [first] = factsInARow([20])
    const anonymous = { name: 'binlog.000002', sizeBytes: 100_000, anonymous: 9, transactions: 9 }
    const facts =
      place.gtidExecuted === ''
        ? binlogFacts({ ...anonymous, first: next, last: next })
        : { ...first, ...binlogFacts({ ...first, first: next, last: next }) }
    expect(placeOf(binlogArchive([facts]), backupAt(place))).toBeUndefined()
    const before = binlogFacts({ ...facts, first: '2026-11-20T08:00:00Z', last: next })
    expect(placeOf(binlogArchive([before]), backupAt(place))).toBe(0)
  })

  it('not in a history that had ended before', () => {
    const place = { binlogFile: 'binlog.000008', gtidExecuted: executed(14) }
    const ended = { ...archive, endedAt: '2026-11-20T11:00:00.000Z' }
    expect(placeOf(ended, backupAt(place))).toBeUndefined()
    expect(placeOf({ ...ended, endedAt: '2026-11-20T13:00:00.000Z' }, backupAt(place))).toBe(1)
  })
})

describe('on another server, after a failover, a backup begins', () => {
  const elsewhere = (facts: Parameters<typeof binlogArchive>[0]) =>
    binlogArchive(facts, { serverUuid: otherUuid })
  const promoted = elsewhere([
    binlogFacts({ name: 'relay.000001', gtids: executed(20) }),
    binlogFacts({
      name: 'relay.000002',
      previousGtids: executed(20),
      gtids: `${serverUuid}:21-25,${otherUuid}:1-9`,
    }),
  ])

  it('in the last file that begins with nothing it lacks', () => {
    expect(placeOf(promoted, backupAt({ gtidExecuted: executed(14) }))).toBe(0)
    expect(placeOf(promoted, backupAt({ gtidExecuted: executed(22) }))).toBe(1)
  })

  it('behind everything that it holds already', () => {
    const all = `${executed(25)},${otherUuid}:1-9`
    expect(placeOf(promoted, backupAt({ gtidExecuted: all }))).toBe(2)
  })

  it('nowhere when it holds transactions that were lost', () => {
    expect(placeOf(promoted, backupAt({ gtidExecuted: executed(26) }))).toBeUndefined()
  })

  it('nowhere when the other server was cloned later, and so wrote down nothing of what lies between', () => {
    const cloned = elsewhere([binlogFacts({ gtids: `${serverUuid}:101-120` })])
    expect(placeOf(cloned, backupAt({ gtidExecuted: executed(60) }))).toBeUndefined()
    expect(placeOf(cloned, backupAt({ gtidExecuted: executed(100) }))).toBe(0)
  })

  it('where a group goes on, although its members number in blocks', () => {
    const group = elsewhere([
      binlogFacts({ gtids: executed(100) }),
      binlogFacts({
        name: 'binlog.000002',
        previousGtids: executed(100),
        gtids: `${serverUuid}:1000001-1000050`,
      }),
    ])
    expect(placeOf(group, backupAt({ gtidExecuted: executed(100) }))).toBe(1)
  })

  it('nowhere without a common transaction, without GTIDs, or where some have none', () => {
    const unrelated = elsewhere([binlogFacts({ gtids: `${otherUuid}:1-9` })])
    expect(placeOf(unrelated, backupAt({ gtidExecuted: executed(10) }))).toBeUndefined()
    expect(placeOf(promoted, backupAt({ gtidExecuted: '' }))).toBeUndefined()
    const mixed = elsewhere([binlogFacts({ gtids: executed(20), anonymous: 1 })])
    expect(placeOf(mixed, backupAt({ gtidExecuted: executed(14) }))).toBeUndefined()
  })
})
