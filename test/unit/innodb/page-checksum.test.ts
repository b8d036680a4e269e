// That these are the server's own is proved in test/server/page-checksums.test.ts with innochecksum.
import { describe, expect, it } from 'vitest'
import { judgePage, pageChecksum, zipPageChecksum } from '../../../src/innodb/page-checksum.ts'
import { pageOf } from '../../fakes/tablespace.ts'
import { P, soundPage } from '../../fakes/sound-page.ts'

const zipPage = (): Buffer => {
  const page = pageOf(1024, 7, 3, 9)
  page.writeUInt32BE(zipPageChecksum(page), 0)
  return page
}

const changed = (page: Buffer, offset: number): Buffer => {
  page.writeUInt8(page.readUInt8(offset) ^ 0x20, offset)
  return page
}

describe('a page', () => {
  it('is sound when its checksum is right', () => {
    expect(judgePage(soundPage(7, 3, 9), false)).toBe('sound')
    expect(judgePage(zipPage(), true)).toBe('sound')
  })

  it('is empty when it holds zeros, but for what page compression notes', () => {
    const page = Buffer.alloc(P)
    expect(judgePage(page, false)).toBe('empty')
    expect(judgePage(page, true)).toBe('empty')
    page.writeUInt8(1, 27)
    expect(judgePage(page, false)).toBe('empty')
    page.writeUInt8(1, 100)
    expect(judgePage(page, false)).toMatchObject({ what: 'checksum' })
    expect(judgePage(page, true)).toMatchObject({ what: 'checksum' })
  })

  it.each([0, 4, 15, 16, 24, 38, 2000, P - 9, P - 8])(
    'has a wrong checksum when byte %d has changed',
    (offset) => {
      expect(judgePage(changed(soundPage(7, 3, 9), offset), false)).toMatchObject({
        what: 'checksum',
        expected: expect.stringMatching(/^[\da-f]{8}$/),
        actual: expect.stringMatching(/^[\da-f]{8}$/),
      })
    },
  )

  it.each([20, 23, P - 4, P - 1])('was torn when byte %d has changed', (offset) => {
    expect(judgePage(changed(soundPage(7, 3, 9), offset), false)).toMatchObject({ what: 'lsn' })
  })

  it.each([26, 33, 34, 37])(
    'is sound whatever byte %d is: it changes without a checksum',
    (offset) => {
      expect(judgePage(changed(soundPage(7, 3, 9), offset), false)).toBe('sound')
    },
  )

  it.each([4, 15, 24, 34, 38, 1023])(
    'of a compressed row format is wrong when byte %d has changed',
    (offset) => {
      expect(judgePage(changed(zipPage(), offset), true)).toMatchObject({ what: 'checksum' })
    },
  )

  it.each([16, 23, 26, 33])('of a compressed row format does not cover byte %d', (offset) => {
    expect(judgePage(changed(zipPage(), offset), true)).toBe('sound')
  })

  it.each([15, 16, 17])('of type %d is encrypted, and cannot be checked', (type) => {
    const page = soundPage(7, 3, 9)
    page.writeUInt16BE(type, 24)
    expect(judgePage(page, false)).toBe('encrypted')
  })

  it('may have been written without a checksum', () => {
    const page = soundPage(7, 3, 9)
    page.writeUInt32BE(0xdeadbeef, 0)
    page.writeUInt32BE(0xdeadbeef, P - 8)
    expect(judgePage(page, false)).toBe('noChecksum')
    const zip = zipPage()
    zip.writeUInt32BE(0xdeadbeef, 0)
    expect(judgePage(zip, true)).toBe('noChecksum')
  })

  it('is wrong when it was packed and cannot be unpacked', () => {
    const page = soundPage(7, 3, 9)
    page.writeUInt16BE(14, 24)
    expect(judgePage(page, false)).toBe('unknownCompression')
    page.writeUInt8(1, 27)
    expect(judgePage(page, false)).toMatchObject({ what: 'compression' })
  })

  it('has the checksum that both its ends carry', () => {
    const page = soundPage(7, 3, 9)
    expect(pageChecksum(page)).toBe(page.readUInt32BE(0))
  })
})
