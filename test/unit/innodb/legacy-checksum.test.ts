// That these are the server's own is proved in test/server/page-checksums.test.ts with innochecksum.
import { describe, expect, it } from 'vitest'
import { hasLegacyChecksum, legacyZipChecksum } from '../../../src/innodb/legacy-checksum.ts'
import { pageOf } from '../../fakes/tablespace.ts'

const P = 4096

/** ut_fold_binary in 64 bits, as the server computes it. */
const fold = (bytes: Buffer): number => {
  let sum = 0n
  for (const byte of bytes)
    sum = BigInt.asUintN(
      64,
      ((((sum ^ BigInt(byte) ^ 1_653_893_711n) << 8n) + sum) ^ 1_463_735_687n) + BigInt(byte),
    )
  return Number(sum & 0xffffffffn)
}

const stamped = (): Buffer => {
  const page = pageOf(P, 7, 3, 9)
  const sum = fold(page.subarray(4, 26)) + fold(page.subarray(38, P - 8))
  page.writeUInt32BE(sum % 2 ** 32, 0)
  page.writeUInt32BE(fold(page.subarray(0, 26)), P - 8)
  return page
}

describe('the checksum of old servers', () => {
  it('is known', () => {
    expect(hasLegacyChecksum(stamped())).toBe(true)
  })

  it('may be missing at the beginning, or be the LSN at the end', () => {
    const page = stamped()
    page.writeUInt32BE(page.readUInt32BE(16), P - 8)
    expect(hasLegacyChecksum(page)).toBe(true)
    page.writeUInt32BE(0, 0)
    page.writeUInt32BE(fold(page.subarray(0, 26)), P - 8)
    expect(hasLegacyChecksum(page)).toBe(true)
  })

  it.each([0, 5, 20, 38, 2000, P - 9, P - 8])('is wrong when byte %d has changed', (offset) => {
    const page = stamped()
    page.writeUInt8(page.readUInt8(offset) ^ 0x20, offset)
    expect(hasLegacyChecksum(page)).toBe(false)
  })

  it('is adler32 over parts of a page with ROW_FORMAT=COMPRESSED', () => {
    const page = Buffer.alloc(1024)
    page.write('Wikipedia', 34)
    const before = legacyZipChecksum(page)
    page.writeUInt8(0xff, 0)
    page.writeUInt8(0xff, 16)
    page.writeUInt8(0xff, 26)
    expect(legacyZipChecksum(page)).toBe(before)
    page.writeUInt8(1, 24)
    expect(legacyZipChecksum(page)).not.toBe(before)
  })
})
