import { describe, expect, it } from 'vitest'
import { crc32c } from '../../../src/innodb/crc32c.ts'

// RFC 3720, appendix B.4.
it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['digits', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 bytes that count', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
])('is the checksum that everybody else computes of %s', (_, bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum)
})

describe('crc32c', () => {
  /** Bit by bit, as the polynomial says. */
  const slowly = (bytes: Buffer): number => {
    let crc = 0xffffffff
    for (const byte of bytes) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
    }
    return (crc ^ 0xffffffff) >>> 0
  }
  const bytes = Buffer.from(Array.from({ length: 120 }, (_, i) => (i * 151 + 7) & 0xff))

  it('does not depend on where the bytes lie or how many there are', () => {
    for (let from = 0; from < 12; from += 1) {
      for (let to = from; to <= bytes.length; to += 1) {
        const part = bytes.subarray(from, to)
        expect(crc32c(part), `${from} to ${to}`).toBe(slowly(part))
      }
    }
  })
})
