import { describe, expect, it } from 'vitest'
import { stretchBytes } from '../../../src/restore/replay/log-stretch.ts'
import { type SingledOut, splitStretch } from '../../../src/restore/replay/split-stretch.ts'

const logs = ['1', '2', '3'].map((path) => ({ path, sizeBytes: 1000 }))
const whole = { logs, startPosition: 300, endPosition: 800 }

/** One transaction of a log, behind another of the same log. */
const one = (log: number, position: number, end: number): SingledOut => ({
  after: { log, position },
  from: { log, position },
  to: { log, position: end },
})

/** Each part as "who log:from-log:to". */
const partsOf = (...singledOut: readonly SingledOut[]) =>
  splitStretch(whole, singledOut).map(({ by, stretch }) => {
    const { logs: own, startPosition, endPosition } = stretch
    return `${by} ${own[0]?.path}:${startPosition} to ${own.at(-1)?.path}:${endPosition}`
  })

describe('a stretch', () => {
  it('without anything for a client stays whole', () => {
    expect(splitStretch(whole, [])).toEqual([{ by: 'applier', stretch: whole }])
  })

  it('is parted before and after what a client runs', () => {
    expect(partsOf(one(1, 200, 400))).toEqual([
      'applier 1:300 to 2:200',
      'mysqlbinlog 2:200 to 2:400',
      'applier 2:400 to 3:800',
    ])
  })

  it('has no empty part at its ends, nor between two that a client runs', () => {
    expect(partsOf(one(0, 300, 350), one(0, 350, 360), one(2, 700, 800))).toEqual([
      'mysqlbinlog 1:300 to 1:350',
      'mysqlbinlog 1:350 to 1:360',
      'applier 1:360 to 3:700',
      'mysqlbinlog 3:700 to 3:800',
    ])
  })

  it('gives the applier no log in which there is nothing for it', () => {
    const first = { ...one(1, 150, 200), after: { log: 0, position: 900 } }
    const alone = { ...one(2, 150, 800), after: { log: 1, position: 200 } }
    expect(partsOf(first, alone)).toEqual([
      'applier 1:300 to 1:900',
      'mysqlbinlog 2:150 to 2:200',
      'mysqlbinlog 3:150 to 3:800',
    ])
  })

  it('is as long as its parts together', () => {
    const parts = splitStretch(whole, [one(1, 200, 400)])
    const bytes = parts.reduce((sum, { stretch }) => sum + stretchBytes(stretch), 0)
    expect([stretchBytes(whole), bytes]).toEqual([2500, 2500])
  })
})
