// What is replayed, compared with a model that knows all transactions as a list.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOfMicros } from '../../../src/mysql/commit-time.ts'
import { gtidSetEquals } from '../../../src/mysql/gtid-set.ts'
import { findReplayRange, type ReplayRange } from '../../../src/restore/replay/replay-range.ts'
import { stopRuleFor } from '../../../src/restore/replay/stop-rule.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { otherUuid, serverUuid } from '../../fakes/binlog-facts.ts'
import {
  endsOf,
  logOf,
  type MadeBinlog,
  type MadeTransaction,
  microsAt,
  T0,
} from '../../fakes/made-binlogs.ts'

/** A transaction as the model knows it. */
interface Known {
  readonly gtid: string
  readonly micros: number
  readonly file: number
  readonly position: number
  readonly endPosition: number
}

const nameOf = (file: number): string => `binlog.${String(file + 9).padStart(6, '0')}`

interface Drawn {
  readonly isOther: boolean
  /** Since the one before: several may share a microsecond, and clocks go back, too. */
  readonly later: number
  readonly isLarge: boolean
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  isOther: fc.boolean(),
  later: fc.integer({ min: -1, max: 3 }),
  isLarge: fc.boolean(),
})

const binlogsOf = (files: readonly (readonly Drawn[])[]): readonly MadeBinlog[] => {
  const numbers = { own: 0, other: 0 }
  let micros = 1_000
  const made = ({ isOther, later, isLarge }: Drawn): MadeTransaction => {
    micros += later
    const number = (numbers[isOther ? 'other' : 'own'] += 1)
    return {
      gtid: `${isOther ? otherUuid : serverUuid}:${number}`,
      micros,
      ...(isLarge && { events: [{ type: 30, body: Buffer.alloc(300) }, { type: 16 }] }),
    }
  }
  return files.map((file, index) => ({
    name: nameOf(index),
    transactions: file.map(made),
    next: nameOf(index + 1),
  }))
}

const knownOf = (binlogs: readonly MadeBinlog[]): readonly Known[] =>
  binlogs.flatMap((binlog, file) => {
    const ends = endsOf(binlog)
    return binlog.transactions.map(({ gtid = '', micros }, index) => ({
      ...{ gtid, micros, file },
      position: ends[index] ?? 0,
      endPosition: ends[index + 1] ?? 0,
    }))
  })

/** A target of any kind, near the boundary of a transaction; `pick` and `near` choose it. */
const targetOf = (
  kind: RecoveryTarget['kind'],
  all: readonly Known[],
  [pick, otherPick, near]: readonly [number, number, number],
): RecoveryTarget => {
  const at = (index: number): Known | undefined => all[index % Math.max(all.length, 1)]
  const one = at(pick)
  if (kind === 'time') {
    const micros = (one?.micros ?? 0) + near
    return {
      kind,
      time: new Date(T0 + Math.floor(micros / 1000)),
      micros: ((micros % 1000) + 1000) % 1000,
    }
  }
  if (kind === 'gtid') {
    const unknown = near === 1 ? [`${serverUuid}:999`] : []
    return { kind, gtids: [one?.gtid, at(otherPick)?.gtid, ...unknown].join(',') }
  }
  if (kind === 'before-gtid') return { kind, gtid: one?.gtid ?? `${serverUuid}:999` }
  if (kind === 'position')
    return { kind, file: nameOf(one?.file ?? 0), position: (one?.endPosition ?? 4) + near }
  return { kind: 'end' }
}

/** How many of the transactions after the backup belong; undefined when the target splits one. */
const model = (target: RecoveryTarget, rest: readonly Known[], held: readonly string[]) => {
  const upTo = (stop: number): number => (stop < 0 ? rest.length : stop)
  if (target.kind === 'end') return rest.length
  if (target.kind === 'time') {
    const until = (target.time.getTime() - T0) * 1000 + (target.micros ?? 0)
    return upTo(rest.findIndex(({ micros }) => micros > until))
  }
  if (target.kind === 'before-gtid') return upTo(rest.findIndex(({ gtid }) => gtid === target.gtid))
  if (target.kind === 'gtid') {
    const wanted = target.gtids.split(',').filter((gtid) => !held.includes(gtid))
    const places = wanted.map((gtid) => rest.findIndex((each) => each.gtid === gtid))
    return places.includes(-1) ? rest.length : Math.max(-1, ...places) + 1
  }
  const { file, position } = target
  const isHere = (each: Known): boolean => nameOf(each.file) === file
  if (rest.some((each) => isHere(each) && each.position < position && position < each.endPosition))
    return undefined
  return rest.filter(
    (each) => nameOf(each.file) < file || (isHere(each) && each.endPosition <= position),
  ).length
}

const summaryOf = ({ logs, endPosition, transactions, lastTime, isStopped }: ReplayRange) => ({
  transactions,
  end: `${logs.at(-1)?.name}:${endPosition}`,
  lastTime,
  isStopped,
})

const expectedOf = (rest: readonly Known[], count: number, start: string) => {
  const taken = rest.slice(0, count)
  const last = taken.at(-1)
  const latest = Math.max(...taken.map(({ micros }) => micros))
  return {
    transactions: count,
    end: last === undefined ? start : `${nameOf(last.file)}:${last.endPosition}`,
    lastTime: last === undefined ? undefined : dateOfMicros(microsAt(latest)),
    isStopped: count < rest.length,
  }
}

const kinds = ['time', 'gtid', 'before-gtid', 'position', 'end'] as const
const shape = fc.record({
  files: fc.array(fc.array(drawn, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  /** How many files' contents are known beforehand. */
  sealed: fc.integer({ min: 0, max: 4 }),
  backup: fc.nat({ max: 4 }),
  picks: fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: -1, max: 1 })),
})

describe.each(kinds)('for any binlogs, any backup and any target of kind %s', (kind) => {
  it('exactly the transactions up to it are found, whether an index helps or not', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ files, sealed, backup, picks }) => {
        const binlogs = binlogsOf(files)
        const all = knownOf(binlogs)
        const before = Math.min(backup, files[0]?.length ?? 0)
        const held = all.slice(0, before).map(({ gtid }) => gtid)
        const rest = all.slice(before)
        const startPosition = (binlogs[0] && endsOf(binlogs[0])[before]) ?? 0
        const target = targetOf(kind, all, picks)
        const count = model(target, rest, held)
        const logs = await Promise.all(
          binlogs.map((binlog, index) => logOf(binlog, { sealed: index < sealed })),
        )
        const rule = stopRuleFor(target, held.join(','))
        const finding = findReplayRange({ logs, startPosition }, rule, held.join(','))
        if (count === undefined) {
          await expect(finding).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' })
          return
        }
        const range = await finding
        const start = `${nameOf(0)}:${startPosition}`
        expect(summaryOf(range)).toEqual(expectedOf(rest, count, start))
        const gtids = rest.slice(0, count).map(({ gtid }) => gtid)
        expect(gtidSetEquals(range.gtids, gtids.join(','))).toBe(true)
        expect(range.gtidBefore).toBe(held.at(-1))
      }),
    )
  })
})
