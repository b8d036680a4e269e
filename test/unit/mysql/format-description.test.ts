import { describe, expect, it } from 'vitest'
import { parseFormatDescription } from '../../../src/mysql/format-description.ts'

/** Written by MySQL 9.7.4-2, without the header. */
const real = Buffer.from(
  '0400392e372e342d32000000000000000000000000000000000000000000000000000000000000000000000000000000000000006972006b13000d0008000000000400040000006300041a08000000000000020000000a0a0a2a2a001234000a28000001ea047533',
  'hex',
)

const changed = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(real)
  change(bytes)
  return bytes
}

describe('a format description', () => {
  it('tells who wrote the binlog, since when it runs, and that events have checksums', () => {
    expect(parseFormatDescription(real)).toEqual({
      serverVersion: '9.7.4-2',
      createdSeconds: 1795191401,
      checksums: true,
    })
  })

  it('tells that events have none', () => {
    const off = changed((bytes) => bytes.writeUInt8(0, bytes.length - 5))
    expect(parseFormatDescription(off)).toMatchObject({ checksums: false })
  })

  it('says nothing of checksums before 5.6.1, whatever byte stands there', () => {
    const old = changed((bytes) => bytes.write('5.5.62\0', 2, 'latin1'))
    expect(parseFormatDescription(old)).toMatchObject({ serverVersion: '5.5.62', checksums: false })
  })

  it.each([
    ['another binlog version', changed((bytes) => bytes.writeUInt16LE(3, 0))],
    ['another header length', changed((bytes) => bytes.writeUInt8(13, 56))],
    ['too few bytes', real.subarray(0, 60)],
  ])('is not understood with %s', (_name, bytes) => {
    expect(parseFormatDescription(bytes)).toBeUndefined()
  })
})
