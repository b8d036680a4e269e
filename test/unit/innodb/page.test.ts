import { describe, expect, it } from 'vitest'
import {
  isZeroPage,
  pageLsn,
  pageNumberOf,
  pageSpaceId,
  pageType,
} from '../../../src/innodb/page.ts'

const makePage = (bytes = 16384): Buffer => {
  const page = Buffer.alloc(bytes)
  page.writeUInt32BE(7, 4)
  page.writeBigUInt64BE(20737123n, 16)
  page.writeUInt16BE(17855, 24)
  page.writeUInt32BE(4294967279, 34)
  return page
}

describe('the page header', () => {
  it('is read from the offsets of fil0types.h', () => {
    const page = makePage()
    expect(pageNumberOf(page)).toBe(7)
    expect(pageLsn(page)).toBe(20737123n)
    expect(pageType(page)).toBe(17855)
    expect(pageSpaceId(page)).toBe(4294967279)
  })

  it('keeps LSNs above 2^53 exact', () => {
    const page = makePage()
    page.writeBigUInt64BE(9223372036854775807n, 16)
    expect(pageLsn(page)).toBe(9223372036854775807n)
  })
})

describe('isZeroPage', () => {
  it.each([1024, 4096, 16384, 65536])('knows a page of %i zeros', (bytes) => {
    expect(isZeroPage(Buffer.alloc(bytes))).toBe(true)
  })

  it('sees one byte that is not zero, wherever it is', () => {
    for (const at of [0, 1, 8191, 16383]) {
      const page = Buffer.alloc(16384)
      page[at] = 1
      expect(isZeroPage(page)).toBe(false)
    }
  })

  it('refuses more bytes than a page can have', () => {
    expect(() => isZeroPage(Buffer.alloc(65537))).toThrow(RangeError)
  })
})
