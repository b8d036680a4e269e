import { describe, expect, it } from 'vitest'
import { stretchBytes } from '../../../src/restore/log-stretch.ts'
import { type SingledOut, splitStretch } from '../../../src/restore/split-stretch.ts'

const logs = ['1', '2', '3'].map((path) => ({ path, sizeBytes: 1000 }))
const whole = { logs, startPosition: 300, endPosition: 800 }

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
    expect(partsOf({ log: 1, position: 200, endPosition: 400 })).toEqual([
      'applier 1:300 to 2:200',
      'mysqlbinlog 2:200 to 2:400',
      'applier 2:400 to 3:800',
    ])
  })

  it('has no empty part at its ends, nor between two that a client runs', () => {
    expect(
      partsOf(
        { log: 0, position: 300, endPosition: 350 },
        { log: 0, position: 350, endPosition: 360 },
        { log: 2, position: 700, endPosition: 800 },
      ),
    ).toEqual([
      'mysqlbinlog 1:300 to 1:350',
      'mysqlbinlog 1:350 to 1:360',
      'applier 1:360 to 3:700',
      'mysqlbinlog 3:700 to 3:800',
    ])
  })

  it('is as long as its parts together', () => {
    const parts = splitStretch(whole, [{ log: 1, position: 200, endPosition: 400 }])
    const bytes = parts.reduce((sum, { stretch }) => sum + stretchBytes(stretch), 0)
    expect([stretchBytes(whole), bytes]).toEqual([2500, 2500])
  })
})
