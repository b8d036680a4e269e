import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLsn } from '../../../src/chain/lsn.ts'

describe('parseLsn', () => {
  it.each([
    ['0', 0n],
    ['20737123', 20_737_123n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
  ])('reads %s to the last digit', (text, lsn) => {
    expect(parseLsn(text)).toBe(lsn)
  })

  it('reads back every LSN there can be', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (lsn) => {
        expect(parseLsn(lsn.toString())).toBe(lsn)
      }),
    )
  })

  it.each([
    '',
    ' 1',
    '1 ',
    '1\n',
    '-1',
    '+1',
    '007',
    '1.0',
    '1e3',
    '0x10',
    '1n',
    '1_000',
    'NULL',
    '١٢',
    '18446744073709551616',
    '99999999999999999999',
    '100000000000000000000',
  ])('says that "%s" is none', (text) => {
    expect(parseLsn(text)).toBeUndefined()
  })
})
