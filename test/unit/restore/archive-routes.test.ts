import { describe, expect, it } from 'vitest'
import type { BinlogArchive } from '../../../src/binlog/binlog-archive.ts'
import { archiveRoutes } from '../../../src/restore/replay/archive-routes.ts'
import {
  binlogArchive,
  binlogFacts,
  factsInARow,
  otherUuid as b,
  serverUuid as a,
} from '../../fakes/binlog-facts.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const nameOf = (sequence: number): string => `binlog.${String(sequence).padStart(6, '0')}`

const NOON = new Date('2026-11-20T12:00:00.000Z')

/** A state of server `a` after so many transactions. */
const stateIn = (sequence: number, done: number, position = 500) => ({
  file: nameOf(sequence),
  position,
  gtidExecuted: done === 0 ? '' : `${a}:1-${done}`,
})

/** Each way as its start, and its logs as "number of the server's first letter"; ! where the server changes. */
const waysFrom = (archives: readonly BinlogArchive[], state = stateIn(2, 15), at = NOON) =>
  archiveRoutes(archives, { serverUuid: a, state, at }).map(({ logs, startPosition }) => {
    const words = logs.map(({ path, name, changesServer }) => {
      const archive = archives.find(({ directory }) => path.startsWith(`${directory}/`))
      const letter = archive?.serverUuid === a ? 'a' : 'b'
      const ended = (archive?.endedAt ?? null) === null ? '' : ' before'
      return `${changesServer ? '!' : ''}${letter}${Number(name.split('.')[1])}${ended}`
    })
    return `${startPosition}: ${words.join(', ')}`
  })

/** A binlog of server `b` that holds what it wrote itself, after so many of `a`. */
const ofOther = (sequence: number, previous: string, gtids: string) =>
  binlogFacts({ name: nameOf(sequence), previousGtids: previous, gtids, transactions: 5 })

describe('the way through the archive of the same server', () => {
  it('begins in the file and at the position where the backup ends', () => {
    expect(waysFrom([binlogArchive(factsInARow([10, 10, 10, 10]))])).toEqual(['500: a2, a3, a4'])
  })

  it('goes on into binlogs that are still open, of which nothing is taken for known', () => {
    const [first, second, third] = factsInARow([10, 10, 10])
    const archive = binlogArchive([first!, second!], { open: [third!] })
    expect(waysFrom([archive])).toEqual(['500: a2, a3'])
    const start = { serverUuid: a, state: stateIn(2, 15), at: NOON }
    const [{ logs } = { logs: [] }] = archiveRoutes([archive], start)
    expect(logs.map(({ isOpen, facts }) => [isOpen, facts?.name])).toEqual([
      [false, nameOf(2)],
      [true, undefined],
    ])
  })

  it('ends at a gap', () => {
    const [one, two, , four, five] = factsInARow([10, 10, 10, 10, 10])
    expect(waysFrom([binlogArchive([one!, two!, four!, five!])])).toEqual(['500: a2'])
  })

  it('is found without GTIDs, too', () => {
    const plain = [1, 2, 3].map((sequence) =>
      binlogFacts({ name: nameOf(sequence), transactions: 4, anonymous: 4 }),
    )
    expect(waysFrom([binlogArchive(plain)], stateIn(2, 0))).toEqual(['500: a2, a3'])
  })

  it('is refused in a gap, whose two ends are named', () => {
    const [one, two, , , five] = factsInARow([10, 10, 10, 10, 10])
    const error = refusalOf(() => waysFrom([binlogArchive([one!, two!, five!])], stateIn(3, 25)))
    expect(error.code).toBe('BINLOG_GAP')
    expect(error.message).toBe(
      `the backup ends at binlog.000003:500, where no archived binlog goes on: binlog.000003 to binlog.000004 with ${a}:21-40 missing between binlog.000002 and binlog.000005: binlog.000002 ends without an event with ${a}:1-20; binlog.000005 begins without an event after ${a}:1-40`,
    )
  })

  it.each([
    ['before the first file', stateIn(1, 5), 'the archive holds binlog.000002 to binlog.000004'],
    ['behind the last file', stateIn(9, 40), 'the archive holds binlog.000002 to binlog.000004'],
    [
      'behind the end of its file',
      stateIn(3, 25, 1001),
      'the binlog.000003 of the archive is of another history, or shorter',
    ],
    [
      'in a file that was begun after more than it holds',
      stateIn(3, 12),
      'the binlog.000003 of the archive is of another history, or shorter',
    ],
  ])('is refused %s', (_, state, found) => {
    const archive = binlogArchive(factsInARow([10, 10, 10, 10]).slice(1))
    expect(refusalOf(() => waysFrom([archive], state))).toMatchObject({
      code: 'BINLOG_GAP',
      message: `the backup ends at ${state.file}:${state.position}, where no archived binlog goes on: ${found}`,
      hint: expect.stringContaining('clonectl binlog list') as string,
    })
  })

  it('is refused when there is no archive of the server', () => {
    expect(refusalOf(() => waysFrom([])).message).toContain('the archive holds none of its server')
  })
})

describe('after a failover', () => {
  const own = binlogArchive(factsInARow([10, 10]))
  /** It has all of `a` when it begins to write itself. */
  const successor = binlogArchive(
    [
      ofOther(1, '', `${a}:1-12`),
      ofOther(2, `${a}:1-12`, `${a}:13-20`),
      ofOther(3, `${a}:1-20`, `${b}:1-5`),
      ofOther(4, `${a}:1-20,${b}:1-5`, `${b}:6-10`),
    ],
    { serverUuid: b },
  )

  it('the binlogs of the server that went on follow, from where the own ones end', () => {
    expect(waysFrom([own, successor])[0]).toBe('500: a2, !b3, b4')
  })

  it('they alone lead on where the own ones are missing, from the latest that lacks nothing', () => {
    expect(waysFrom([successor])).toEqual(['4: !b2, b3, b4'])
    expect(waysFrom([own, successor], stateIn(2, 15, 5000))).toEqual(['4: !b2, b3, b4'])
  })

  it('it bridges a gap in the own ones, which go on after it', () => {
    const back = binlogFacts({
      name: nameOf(3),
      previousGtids: `${a}:1-20,${b}:1-10`,
      gtids: `${a}:21-30`,
    })
    const gapped = binlogArchive([...factsInARow([10]), back])
    const ways = waysFrom([gapped, successor], stateIn(1, 5))
    expect(ways[0]).toBe('500: a1, !b1, b2, b3, b4, !a3')
  })

  it('a server that lacks the last transactions has diverged and does not follow', () => {
    const diverged = binlogArchive(
      [ofOther(1, '', `${a}:1-12`), ofOther(2, `${a}:1-12`, `${b}:1-5`)],
      { serverUuid: b },
    )
    expect(waysFrom([own, diverged])).toEqual(['500: a2'])
    expect(refusalOf(() => waysFrom([diverged])).code).toBe('BINLOG_GAP')
  })

  it('a server that has nothing to do with it does not follow', () => {
    const stranger = binlogArchive([ofOther(1, '', `${b}:1-50`)], { serverUuid: b })
    expect(waysFrom([stranger, own])).toEqual(['500: a2'])
  })

  it('it may go back and forth', () => {
    const back = binlogArchive([
      ...factsInARow([10, 10]),
      binlogFacts({
        name: nameOf(3),
        previousGtids: `${a}:1-20,${b}:1-10`,
        gtids: `${a}:21-30`,
        transactions: 10,
      }),
    ])
    expect(waysFrom([back, successor])[0]).toBe('500: a2, !b3, b4, !a3')
  })
})

describe('a server that began anew', () => {
  const ENDED = '2026-11-20T09:30:12.000Z'
  const then = new Date('2026-11-20T08:00:00.000Z')
  const ended = (counts: readonly number[]) =>
    binlogArchive(factsInARow(counts), {
      directory: `/repo/binlog/${a}.until-20261120T093012Z`,
      endedAt: ENDED,
    })
  /** Its first transactions were committed after it began anew. */
  const since = (counts: readonly number[]) =>
    binlogArchive(
      factsInARow(counts).map((facts) => binlogFacts({ ...facts, first: ENDED, last: ENDED })),
    )
  const present = since([10, 10, 10])

  it('still has its earlier history, for backups of that time', () => {
    const old = ended([10, 10, 10, 10, 10])
    expect(waysFrom([old, present], stateIn(5, 45), then)).toEqual(['500: a5 before'])
    expect(waysFrom([old, present], stateIn(2, 15), then)).toEqual([
      '500: a2 before, a3 before, a4 before, a5 before',
    ])
  })

  it('leads on in the present history though the earlier one has a file of the same name', () => {
    for (const old of [ended([10, 2]), ended([10, 10, 10, 10])])
      expect(waysFrom([old, present])).toEqual(['500: a2, a3'])
  })

  it('leads on both ways while the times do not tell them apart', () => {
    const archives = [ended([10, 10]), binlogArchive(factsInARow([10, 10, 10]))]
    expect(waysFrom(archives, stateIn(2, 15), then)).toEqual(['500: a2 before', '500: a2, a3'])
  })

  it.each([
    ['shorter than', [10, 10, 10]],
    ['as long as', [10, 10, 10, 10]],
    ['longer than', [10, 10, 10, 10, 10, 10]],
  ])('is not taken for the successor of its earlier history, when it is %s that', (_, counts) => {
    const archives = [ended([10, 10, 10, 10]), since(counts)]
    expect(waysFrom(archives, stateIn(4, 35), then)).toEqual(['500: a4 before'])
  })

  it('is not found by GTIDs, which it gave twice', () => {
    const [one] = factsInARow([10])
    const same = ended([10, 10, 10])
    for (const archive of [same, present, binlogArchive([one!, ...same.binlogs.slice(1)])])
      expect(refusalOf(() => waysFrom([archive], stateIn(1, 10, 5000)))).toMatchObject({
        code: 'BINLOG_GAP',
        message: expect.stringContaining('of another history, or shorter') as string,
      })
  })

  it('is found by GTIDs where the file is gone that the backup names', () => {
    const rest = binlogArchive(factsInARow([10, 10, 10]).slice(1))
    expect(waysFrom([rest], stateIn(1, 10))).toEqual(['4: !a2, a3'])
  })

  it('goes on under another name of its binlogs', () => {
    const renamed = binlogFacts({
      name: 'mysql-bin.000001',
      previousGtids: `${a}:1-20`,
      gtids: `${a}:21-30`,
    })
    const archives = [ended([10, 10]), binlogArchive([renamed])]
    expect(waysFrom(archives, stateIn(2, 15), then)[0]).toBe('500: a2 before, !a1')
  })
})
