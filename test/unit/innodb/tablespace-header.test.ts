import { describe, expect, it } from 'vitest'
import {
  isTablespaceName,
  parseHeaderEvenIfNew,
  parseTablespaceHeader,
} from '../../../src/innodb/tablespace-header.ts'

const makePageZero = (spaceId: number, flags: number): Buffer => {
  const page = Buffer.alloc(1024)
  page.writeUInt16BE(8, 24)
  page.writeUInt32BE(spaceId, 34)
  page.writeUInt32BE(spaceId, 38)
  page.writeUInt32BE(flags, 54)
  return page
}

// The ids and flags of this table were read from files of a MySQL 9.7 server.
describe('parseTablespaceHeader', () => {
  it.each([
    ['ibdata1', 0, 18432, 16384, 16384, 0],
    ['mysql.ibd', 4294967294, 18432, 16384, 16384, 0],
    ['undo_001', 4294967279, 0, 16384, 16384, 0],
    ['a DYNAMIC table', 2, 16417, 16384, 16384, 0],
    ['KEY_BLOCK_SIZE=8', 3, 16425, 16384, 8192, 8192],
    ['KEY_BLOCK_SIZE=4', 4, 16423, 16384, 4096, 4096],
    ['KEY_BLOCK_SIZE=1', 5, 16419, 16384, 1024, 1024],
    ['innodb_page_size=4k', 2, 16417 | (3 << 6), 4096, 4096, 0],
    ['innodb_page_size=32k', 2, 16417 | (6 << 6), 32768, 32768, 0],
    ['innodb_page_size=64k', 2, 16417 | (7 << 6), 65536, 65536, 0],
  ])('reads %s', (_, spaceId, flags, logicalPageSize, physicalPageSize, zipPageSize) => {
    const header = parseTablespaceHeader(makePageZero(spaceId, flags))
    expect(header).toEqual({ spaceId, flags, logicalPageSize, physicalPageSize, zipPageSize })
  })

  it('needs no more than 58 bytes, and no fewer', () => {
    const page = makePageZero(2, 16417)
    expect(parseTablespaceHeader(page.subarray(0, 58))?.spaceId).toBe(2)
    expect(parseTablespaceHeader(page.subarray(0, 57))).toBeUndefined()
    expect(parseTablespaceHeader(Buffer.alloc(0))).toBeUndefined()
  })

  it('refuses what is not page 0 of a tablespace', () => {
    const other = (change: (page: Buffer) => void): Buffer => {
      const page = makePageZero(2, 16417)
      change(page)
      return page
    }
    expect(parseTablespaceHeader(Buffer.alloc(16384))).toBeUndefined()
    expect(parseTablespaceHeader(other((page) => page.writeUInt16BE(17855, 24)))).toBeUndefined()
    expect(parseTablespaceHeader(other((page) => page.writeUInt32BE(1, 4)))).toBeUndefined()
    expect(parseTablespaceHeader(other((page) => page.writeUInt32BE(3, 38)))).toBeUndefined()
  })

  it.each([
    ['a page size of 2 KiB', 2 << 6],
    ['a page size of 128 KiB', 8 << 6],
    ['a compressed page size of 32 KiB', 6 << 1],
    ['a compressed page larger than the page', (3 << 6) | (5 << 1)],
  ])('refuses %s', (_, flags) => {
    expect(parseTablespaceHeader(makePageZero(2, flags))).toBeUndefined()
  })
})

describe('parseHeaderEvenIfNew', () => {
  it('reads what parseTablespaceHeader reads', () => {
    const page = makePageZero(4, 16423)
    expect(parseHeaderEvenIfNew(page)).toEqual(parseTablespaceHeader(page))
    expect(parseHeaderEvenIfNew(page.subarray(0, 57))).toBeUndefined()
  })

  it('reads page 0 of a file that was just created, which has no type', () => {
    const page = makePageZero(4, 0x27)
    page.writeUInt16BE(0, 24)
    expect(parseHeaderEvenIfNew(page)).toMatchObject({ spaceId: 4, physicalPageSize: 4096 })
    expect(parseTablespaceHeader(page)).toBeUndefined()
  })

  it('takes neither zeros nor any other page for one', () => {
    expect(parseHeaderEvenIfNew(Buffer.alloc(4096))).toBeUndefined()
    const page = makePageZero(4, 0x27)
    page.writeUInt16BE(17855, 24)
    expect(parseHeaderEvenIfNew(page)).toBeUndefined()
  })
})

describe('isTablespaceName', () => {
  it.each(['ibdata1', 'ibdata2', 'undo_001', 'mysql.ibd', 'u3.ibu', 't/a.ibd', 't2/t2#p#p0.ibd'])(
    'takes %s',
    (path) => {
      expect(isTablespaceName(path)).toBe(true)
    },
  )

  it.each([
    'ib_buffer_pool',
    '#innodb_redo/#ib_redo0',
    't/a.ibd.delta',
    'ibdata1/x',
    '.ibd',
    't/a.sdi',
  ])('does not take %s', (path) => {
    expect(isTablespaceName(path)).toBe(false)
  })
})
