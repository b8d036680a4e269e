import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGap } from '../../../src/binlog/binlog-gap.ts'
import { gapBetween, gapsOf, runsOf } from '../../../src/binlog/continuity.ts'
import { gtidSetSubtract } from '../../../src/mysql/gtid-set.ts'
import {
  binlogArchive,
  binlogFacts,
  factsInARow,
  otherUuid,
  serverUuid,
} from '../../fakes/binlog-facts.ts'

const named = (name: string, nextName: string | null = null) => binlogFacts({ name, nextName })

describe('binlogs without GTIDs', () => {
  it.each([
    ['binlog.000007', 'binlog.000008'],
    ['binlog.000999', 'binlog.001000'],
    ['binlog.999999', 'binlog.1000000'],
    ['binlog.1000000', 'binlog.1000001'],
    ['a.b.000009', 'a.b.000010'],
  ])('%s is followed by %s', (one, next) => {
    expect(gapBetween(named(one), named(next))).toBeUndefined()
    expect(gapBetween(named(one, next), named(next))).toBeUndefined()
  })

  it('lack the end of one that was cut', () => {
    const cut = binlogFacts({ name: 'binlog.000007', anonymous: 1, cut: true, ending: 'none' })
    const gap = gapBetween(cut, named('binlog.000008'))
    expect(gap).toMatchObject({ kind: 'gtids', after: 'binlog.000007', before: 'binlog.000008' })
    expect(gap && describeGap(gap)).toMatch(/^the end of binlog\.000007 is missing: /u)
  })

  it('name the files that are missing, as numbers', () => {
    expect(gapBetween(named('binlog.999998'), named('binlog.1000001'))).toMatchObject({
      kind: 'files',
      after: 'binlog.999998',
      before: 'binlog.1000001',
      missingFiles: { first: 'binlog.999999', last: 'binlog.1000000' },
    })
  })

  it.each([
    ['binlog.000007', null, 'mysql-bin.000008'],
    ['binlog.000007', null, 'binlog.000007'],
    ['binlog.000008', null, 'binlog.000007'],
    ['binlog.000007', 'binlog.000009', 'binlog.000008'],
  ])('%s (then %s) is not continued by %s', (one, nextName, next) => {
    expect(gapBetween(named(one, nextName), named(next))).toMatchObject({ kind: 'history' })
  })
})

describe('binlogs with GTIDs', () => {
  const [one, two, three] = factsInARow([10, 5, 7])
  if (one === undefined || two === undefined || three === undefined) throw new Error('three rows')

  it('follow each other when the second begins with all that the first ends with', () => {
    expect(gapBetween(one, two)).toBeUndefined()
    expect(gapBetween(two, three)).toBeUndefined()
  })

  it('name the files and the transactions that are missing, with both ends', () => {
    const dated = { ...one, lastTimeMicros: '1795167012345678' }
    const gap = gapBetween(dated, three)
    expect(gap).toMatchObject({
      kind: 'files',
      missingFiles: { first: 'binlog.000002', last: 'binlog.000002' },
      missingGtids: `${serverUuid}:11-15`,
    })
    expect(gap && describeGap(gap)).toBe(
      `binlog.000002 with ${serverUuid}:11-15 missing between binlog.000001 and binlog.000003: ` +
        `binlog.000001 ends at 2026-11-20T09:30:12.345678Z with ${serverUuid}:1-10; ` +
        `binlog.000003 begins without an event after ${serverUuid}:1-15`,
    )
  })

  it('name transactions that are missing although the numbers follow', () => {
    const later = { ...three, name: 'binlog.000002' }
    expect(gapBetween(one, later)).toMatchObject({
      kind: 'gtids',
      missingGtids: `${serverUuid}:11-15`,
    })
  })

  it('are of another history when the second lacks what the first holds', () => {
    const foreign = { ...two, previousGtids: `${otherUuid}:1-100`, gtids: `${otherUuid}:101` }
    expect(gapBetween(one, foreign)).toMatchObject({ kind: 'history' })
    expect(gapBetween(two, { ...one, name: 'binlog.000003' })).toMatchObject({ kind: 'history' })
  })
})

describe('an archive', () => {
  it('is one run when nothing is missing, its open binlogs at the end', () => {
    const facts = factsInARow([1, 2, 3, 4])
    const archive = binlogArchive(facts.slice(0, 3), { open: facts.slice(3) })
    const [run, ...others] = runsOf(archive)
    expect(others).toEqual([])
    expect(run?.members.map(({ facts: { name } }) => name)).toEqual(facts.map(({ name }) => name))
    expect(run).not.toHaveProperty('gapBefore')
    expect(runsOf(binlogArchive([]))).toEqual([])
  })

  it('is parted exactly where something is missing, whatever that is', () => {
    const scene = fc
      .array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 14 })
      .chain((counts) =>
        fc.record({
          counts: fc.constant(counts),
          firstNumber: fc.constantFrom(1, 999_990, 999_998),
          here: fc.array(fc.boolean(), { minLength: counts.length, maxLength: counts.length }),
        }),
      )
    fc.assert(
      fc.property(scene, ({ counts, firstNumber, here }) => {
        const all = factsInARow(counts, firstNumber)
        const present = all.filter((_, index) => here[index])
        const runs = runsOf(binlogArchive(present))
        expect(runs.flatMap(({ members }) => members.map(({ facts }) => facts.name))).toEqual(
          present.map(({ name }) => name),
        )
        // Every file that is left out between two that are there is in exactly one gap, with its GTIDs.
        const inner = all.slice(here.indexOf(true), here.lastIndexOf(true) + 1)
        const missing = inner.filter((one) => !present.includes(one))
        const gaps = gapsOf(binlogArchive(present))
        expect(gaps.every(({ kind }) => kind === 'files')).toBe(true)
        const named = gaps.flatMap(({ missingFiles }) =>
          inner.filter(
            ({ name }) =>
              missingFiles !== undefined &&
              numberOf(name) >= numberOf(missingFiles.first) &&
              numberOf(name) <= numberOf(missingFiles.last),
          ),
        )
        expect(named).toEqual(missing)
        const lost = missing.map(({ gtids }) => gtids).join(',')
        expect(gtidSetSubtract(gaps.map((gap) => gap.missingGtids ?? '').join(','), lost)).toBe('')
        expect(gtidSetSubtract(lost, gaps.map((gap) => gap.missingGtids ?? '').join(','))).toBe('')
      }),
    )
  })
})

const numberOf = (name: string): number => Number(name.split('.').at(-1))
