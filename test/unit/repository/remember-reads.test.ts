import { describe, expect, it } from 'vitest'
import { type Remembered, rememberReads } from '../../../src/repository/remember-reads.ts'
import { neverVerified, type VerifiedRun } from '../../../src/repository/verified-file.ts'

const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString()

const run = (day: number, problems = 0): VerifiedRun => ({
  at: at(day),
  clonectlVersion: '0.1.0',
  deep: false,
  samplePercent: null,
  files: 3,
  bytes: 300,
  problems,
})

const listed = ['a', 'b', 'c']
const now = (day: number, changes: Partial<Remembered> = {}): Remembered => ({
  ...{ at: at(day), deep: false, sound: listed, faulty: [], listed, run: run(day) },
  ...changes,
})

describe('what is remembered of verifications', () => {
  it('is the last run and when each file was read', () => {
    const first = rememberReads(neverVerified, now(1))
    expect(first).toEqual({
      last: run(1),
      completeSince: at(1),
      reads: [{ at: at(1), deep: false, files: listed }],
      faulty: [],
    })
    const second = rememberReads(first, now(2, { sound: ['b'] }))
    expect(second).toMatchObject({
      completeSince: at(1),
      reads: [
        { at: at(1), files: ['a', 'c'] },
        { at: at(2), files: ['b'] },
      ],
    })
    expect(rememberReads(second, now(3, { sound: ['a', 'c'] })).completeSince).toBe(at(2))
  })

  it('is not whole before every file was read', () => {
    expect(rememberReads(neverVerified, now(1, { sound: ['a', 'b'] })).completeSince).toBeNull()
  })

  it('forgets when a file was read that is wrong now, until it is right', () => {
    const before = rememberReads(neverVerified, now(1))
    const wrong = rememberReads(before, now(2, { sound: ['a', 'b'], faulty: ['c'] }))
    expect(wrong).toMatchObject({ completeSince: null, faulty: ['c'] })
    expect(wrong.reads).toEqual([{ at: at(2), deep: false, files: ['a', 'b'] }])
    const sampled = rememberReads(wrong, now(3, { sound: ['a'] }))
    expect(sampled.faulty).toEqual(['c'])
    const right = rememberReads(sampled, now(4, { sound: ['c'] }))
    expect(right).toMatchObject({ faulty: [], completeSince: at(2) })
  })

  it('keeps deep readings beside later ones that were not', () => {
    const deep = rememberReads(neverVerified, now(1, { deep: true }))
    const both = rememberReads(deep, now(2))
    expect(both.reads).toEqual([
      { at: at(1), deep: true, files: listed },
      { at: at(2), deep: false, files: listed },
    ])
    expect(both.completeSince).toBe(at(2))
    expect(rememberReads(both, now(3, { deep: true })).reads).toEqual([
      { at: at(3), deep: true, files: listed },
    ])
  })

  it('keeps the last run when one was cancelled, and what that one read', () => {
    const before = rememberReads(neverVerified, now(1))
    const cancelled = rememberReads(before, now(2, { sound: ['a'], run: null }))
    expect(cancelled.last).toEqual(run(1))
    expect(cancelled.reads.at(-1)).toEqual({ at: at(2), deep: false, files: ['a'] })
  })
})
