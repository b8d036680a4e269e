import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeBaseStack } from '../../../src/chain/base-stack.ts'

const stackOf = (...lsns: readonly number[]) => {
  const stack = makeBaseStack<{ readonly index: number; readonly pageTrackLsn: bigint }>()
  for (const [index, lsn] of lsns.entries()) stack.add({ index, pageTrackLsn: BigInt(lsn) })
  return stack
}

describe('a base stack', () => {
  it('gives the latest that reaches as far as asked', () => {
    const stack = stackOf(100, 300, 200, 200, 50)
    const found = [301n, 300n, 201n, 200n, 51n, 50n, 0n].map(
      (lsn) => stack.latestReaching(lsn)?.index,
    )
    expect(found).toEqual([undefined, 1, 1, 3, 3, 4, 4])
    expect(stack.farthest()?.index).toBe(1)
  })

  it('knows nothing when it is new or cleared', () => {
    const stack = stackOf(5)
    stack.clear()
    for (const empty of [stack, stackOf()])
      expect([empty.latestReaching(0n), empty.farthest()]).toEqual([undefined, undefined])
  })

  it('finds what looking at every candidate finds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.nat(21), (lsns, lsn) => {
        const plain = lsns.findLastIndex((one) => one >= lsn)
        expect(stackOf(...lsns).latestReaching(BigInt(lsn))?.index ?? -1).toBe(plain)
      }),
    )
  })
})
