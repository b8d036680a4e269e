import { describe, expect, it } from 'vitest'
import { BIRTH_BYTES, birthOf } from '../../../src/mysql/binlog-birth.ts'

/** The first 127 bytes of a binlog of MySQL 9.7.4, and what mysqlbinlog makes of it from its end on. */
const [whole, fromItsEnd] = [
  '/mJpbmN3AGsP/5IAAHsAAAB/AAAAAAAEADkuNy40LTIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY3cAaxMADQAIAAAAAAQABAAAAGMABBoIAAAAAAAAAgAAAAoKCioqABI0AAooAAAB+JYCvw==',
  '/mJpbmN3AGsP/5IAAHsAAAAAAAAAAAAEADkuNy40LTIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABMADQAIAAAAAAQABAAAAGMABBoIAAAAAAAAAgAAAAoKCioqABI0AAooAAABrZ8Gig==',
].map((text) => Buffer.from(text, 'base64'))

const changed = (offset: number, by = 1): Buffer => {
  const head = Buffer.from(whole ?? '')
  head.writeUInt8((head.readUInt8(offset) + by) % 256, offset)
  return head
}

describe('the birth of a binlog', () => {
  it('is the same in every copy, while it is written to and however much of it was copied', () => {
    const birth = birthOf(whole ?? Buffer.alloc(0))
    expect(birth).toMatch(/^[\da-f]+$/u)
    expect(birthOf(fromItsEnd ?? Buffer.alloc(0))).toBe(birth)
    expect(birthOf(changed(21))).toBe(birth)
    const longer = Buffer.concat([whole ?? Buffer.alloc(0), Buffer.alloc(BIRTH_BYTES, 7)])
    expect(birthOf(longer)).toBe(birth)
  })

  it('is another for a binlog made in another second, or by another server', () => {
    const birth = birthOf(whole ?? Buffer.alloc(0))
    expect(birthOf(changed(4))).not.toBe(birth)
    expect(birthOf(changed(9))).not.toBe(birth)
    expect(birthOf(changed(25))).not.toBe(birth)
  })

  it('cannot be told of what is too short, or begins in another way', () => {
    expect(birthOf(Buffer.alloc(0))).toBeUndefined()
    expect(birthOf((whole ?? Buffer.alloc(0)).subarray(0, 100))).toBeUndefined()
    expect(birthOf(changed(8))).toBeUndefined()
  })
})
