import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integerReader } from '../../../src/mysql/serialized-integer.ts'

const read = (hex: string) => integerReader(Buffer.from(hex, 'hex'))

/** Written here from the description in the server's readme.md, not from the reader. */
const encode = (value: bigint): Buffer => {
  const bits = value.toString(2).length
  const following = bits > 56 ? 8 : Math.max(0, Math.ceil(bits / 7) - 1)
  const bytes = Buffer.alloc(9)
  if (following === 8) {
    bytes.writeUInt8(0xff, 0)
    bytes.writeBigUInt64LE(value, 1)
  } else {
    bytes.writeBigUInt64LE((value << BigInt(following + 1)) | ((1n << BigInt(following)) - 1n), 0)
  }
  return bytes.subarray(0, following + 1)
}

describe('integerReader', () => {
  it.each([
    ['00', 0n],
    ['02', 1n],
    ['fe', 127n],
    ['0102', 128n],
    ['7103', 0xdcn],
    ['7f79374f6db26006', 1795169314617209n],
    ['ffffffffffffffffff', 18446744073709551615n],
  ])('reads %s', (hex, value) => {
    expect(read(hex).unsigned()).toBe(value)
  })

  it.each([
    ['00', 0n],
    ['02', -1n],
    ['04', 1n],
    ['08', 2n],
    ['06', -2n],
  ])('reads %s as a signed number', (hex, value) => {
    expect(read(hex).signed()).toBe(value)
  })

  it.each(['', '01', '7f0000', 'ff00000000000000'])('gives undefined for the cut off %j', (hex) => {
    expect(read(hex).unsigned()).toBeUndefined()
    expect(read(hex).signed()).toBeUndefined()
  })

  it('reads any number back, and what stands behind it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const reader = integerReader(Buffer.concat([encode(value), Buffer.from('x')]))
        expect(reader.unsigned()).toBe(value)
        expect(reader.skip(1)?.toString()).toBe('x')
        expect(reader.skip(1)).toBeUndefined()
      }),
    )
  })
})
