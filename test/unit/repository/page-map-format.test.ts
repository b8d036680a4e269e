import { describe, expect, it } from 'vitest'
import {
  decodePageMapFooter,
  encodePageMapEnd,
  FOOTER_BYTES,
  type PageMapTablespace,
} from '../../../src/repository/page-map-format.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const tablespace: PageMapTablespace = {
  path: 't/a.ibd',
  spaceId: 4_294_967_294,
  pageBytes: 16_384,
  pages: 65_537,
  chunks: [
    [0, 100],
    [300, 20],
  ],
}

describe('the end of a pagemap', () => {
  const end = encodePageMapEnd([tablespace])

  it('is the index, its length, and the magic', () => {
    const length = decodePageMapFooter(end.subarray(-FOOTER_BYTES), 'pagemap')
    expect(length).toBe(end.length - FOOTER_BYTES)
    const index: unknown = JSON.parse(end.toString('utf8', 0, length))
    expect(index).toEqual({ format: 1, tablespaces: [tablespace] })
    expect(end.toString('latin1', end.length - 8)).toBe('clnpmap1')
  })

  it.each([
    ['one byte short', end.subarray(-FOOTER_BYTES + 1)],
    ['zeros', Buffer.alloc(FOOTER_BYTES)],
    ['cut off by one byte', end.subarray(-FOOTER_BYTES - 1, -1)],
  ])('is not taken for one when it is %s', (_, footer) => {
    expect(refusalOf(() => decodePageMapFooter(footer, '/repo/x/pagemap'))).toMatchObject({
      code: 'INTEGRITY',
      message: '/repo/x/pagemap cannot be used: its end is not that of a pagemap',
      details: { path: '/repo/x/pagemap' },
    })
  })
})
