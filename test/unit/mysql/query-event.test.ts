import { describe, expect, it } from 'vitest'
import { parseQueryEvent, parseRowsQuery } from '../../../src/mysql/query-event.ts'

/** BEGIN as MySQL 9.7.4 wrote it, without header and checksum. */
const begin = Buffer.from(
  '0a000000000000000000001d000000000000012800a04500000000060373746404e000e000ff0012ff0000424547494e',
  'hex',
)

describe('a query event', () => {
  it('holds a statement and its default schema', () => {
    expect(parseQueryEvent(2, begin)).toEqual({ schema: '', text: 'BEGIN', backslashEscapes: true })
    const inShop = Buffer.concat([begin.subarray(0, -6), Buffer.from('shop\0DROP TABLE é')])
    inShop.writeUInt8(4, 8)
    expect(parseQueryEvent(2, inShop)).toMatchObject({ schema: 'shop', text: 'DROP TABLE é' })
  })

  it('tells when a backslash is a character like others', () => {
    const other = Buffer.from(begin)
    other.writeUInt8(other.readUInt8(21) | 0x10, 21)
    expect(parseQueryEvent(2, other)).toMatchObject({ backslashEscapes: false })
  })

  it('is longer for LOAD DATA', () => {
    const load = Buffer.concat([begin.subarray(0, 13), Buffer.alloc(13), begin.subarray(13)])
    expect(parseQueryEvent(18, load)).toMatchObject({ text: 'BEGIN' })
  })

  it('is not understood without its schema', () => {
    expect(parseQueryEvent(2, begin.subarray(0, 20))).toBeUndefined()
  })

  it('stands beside rows with its text alone', () => {
    expect(parseRowsQuery(Buffer.from('\u0006DELETE'))).toBe('DELETE')
  })
})
