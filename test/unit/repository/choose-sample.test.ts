import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseSample, type SampleRequest } from '../../../src/repository/choose-sample.ts'
import { rememberReads } from '../../../src/repository/remember-reads.ts'
import { neverVerified, type Verified } from '../../../src/repository/verified-file.ts'
import { fileEntry } from '../../fakes/manifest.ts'

const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString()

const choose = (changes: Partial<SampleRequest> & Pick<SampleRequest, 'files'>) =>
  chooseSample({ percent: 10, deep: false, verified: neverVerified, ...changes }).map(
    ({ path }) => path,
  )

const after = (verified: Verified, day: number, sound: readonly string[], deep = false): Verified =>
  rememberReads(verified, { at: at(day), deep, sound, faulty: [], listed: names, run: null })

const files = ['a', 'b', 'c', 'd', 'e'].map((path) => fileEntry(path, 100))
const names = files.map(({ path }) => path)

describe('a sample', () => {
  it('is everything when nothing is asked for', () => {
    expect(choose({ files, percent: null })).toEqual(names)
  })

  it('takes as many files as make up so much of the bytes', () => {
    expect(choose({ files, percent: 40 })).toEqual(['a', 'b'])
    expect(choose({ files, percent: 41 })).toEqual(['a', 'b', 'c'])
    expect(choose({ files, percent: 100 })).toEqual(names)
  })

  it('is never empty', () => {
    expect(choose({ files, percent: 0.001 })).toEqual(['a'])
    expect(choose({ files: [fileEntry('empty', 0)], percent: 5 })).toEqual(['empty'])
    expect(choose({ files: [], percent: 5 })).toEqual([])
  })

  it('goes on with what was not read for the longest', () => {
    const verified = after(after(neverVerified, 1, ['a', 'b', 'd']), 2, ['a'])
    expect(choose({ files, verified, percent: 60 })).toEqual(['c', 'e', 'b'])
  })

  it('counts only deep readings when it is deep itself', () => {
    const verified = after(after(neverVerified, 1, ['a'], true), 2, names)
    expect(choose({ files, verified, percent: 20, deep: true })).toEqual(['b'])
    expect(choose({ files, verified, percent: 20 })).toEqual(['a'])
  })

  it('always reads again what was wrong, besides', () => {
    const verified = { ...after(neverVerified, 1, names), faulty: ['d'] }
    expect(choose({ files, verified, percent: 20 })).toEqual(['d', 'a'])
  })

  it('reads everything within as many runs as the percentage says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
        fc.constantFrom(5, 10, 33, 50),
        (sizes, percent) => {
          const many = sizes.map((size, index) => fileEntry(`f${index}`, size))
          const listed = many.map(({ path }) => path)
          let verified = neverVerified
          const runs = Math.ceil(100 / percent)
          for (let run = 1; run <= runs; run += 1) {
            const sound = choose({ files: many, verified, percent })
            const now = { at: at(run), deep: false, sound, faulty: [], listed, run: null }
            verified = rememberReads(verified, now)
          }
          expect(verified.completeSince).not.toBeNull()
        },
      ),
    )
  })
})
