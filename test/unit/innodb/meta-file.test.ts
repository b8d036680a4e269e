import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMeta, parseMeta } from '../../../src/innodb/meta-file.ts'

const ibdata1 = { pageSize: 16384, zipSize: 0, spaceId: 0, spaceFlags: 18432 }

describe('formatMeta', () => {
  it('writes the exact bytes of GreatSQL', () => {
    expect(formatMeta(ibdata1)).toBe(
      'page_size = 16384\nzip_size = 0\nspace_id = 0\nspace_flags = 18432\n',
    )
  })

  // The sizes that GreatSQL's own .meta files have.
  it.each([
    [64, ibdata1],
    [69, { pageSize: 16384, zipSize: 0, spaceId: 4294967279, spaceFlags: 0 }],
    [73, { pageSize: 16384, zipSize: 0, spaceId: 4294967294, spaceFlags: 18432 }],
    [64, { pageSize: 16384, zipSize: 0, spaceId: 2, spaceFlags: 16417 }],
  ])('makes %i bytes', (bytes, meta) => {
    expect(formatMeta(meta)).toHaveLength(bytes)
  })
})

describe('parseMeta', () => {
  it('reads back what formatMeta writes', () => {
    const meta = fc.record({
      pageSize: fc.constantFrom(1024, 2048, 4096, 8192, 16384, 32768, 65536),
      zipSize: fc.constantFrom(0, 1024, 2048, 4096, 8192, 16384),
      spaceId: fc.integer({ min: 0, max: 0xffffffff }),
      spaceFlags: fc.integer({ min: 0, max: 0xffffffff }),
    })
    fc.assert(
      fc.property(meta, (value) => {
        expect(parseMeta(formatMeta(value), 't/a.ibd.meta')).toEqual(value)
      }),
    )
  })

  it('takes any order, unknown keys, and the defaults of the server', () => {
    const text = 'space_id = 5\nflavour = vanilla\n\n  page_size   =   8192  \r\n'
    expect(parseMeta(text, 'm')).toEqual({ pageSize: 8192, zipSize: 0, spaceId: 5, spaceFlags: 0 })
  })

  it.each([
    ['an empty file', '', 'page_size is missing'],
    ['no space id', 'page_size = 16384\n', 'space_id is missing'],
    ['a half line', 'page_size = 16384\nspace_i', 'expected lines "key = value", found "space_i"'],
    ['no page size', 'space_id = 1\n', 'page_size is missing'],
    [
      'a page size of 0',
      'page_size = 0\nspace_id = 1\n',
      'page_size is 0, expected a power of two',
    ],
    ['an odd page size', 'page_size = 5000\nspace_id = 1\n', 'page_size is 5000'],
    ['a huge page size', 'page_size = 131072\nspace_id = 1\n', 'page_size is 131072'],
    ['an odd zip size', 'page_size = 16384\nzip_size = 5\nspace_id = 1\n', 'zip_size is 5'],
    [
      'a negative id',
      'page_size = 16384\nspace_id = -1\n',
      'space_id is "-1", expected 0 to 4294967295',
    ],
    ['an id too large', 'page_size = 16384\nspace_id = 4294967296\n', 'space_id is "4294967296"'],
    [
      'flags in hex',
      'page_size = 16384\nspace_id = 1\nspace_flags = 0x21\n',
      'space_flags is "0x21"',
    ],
    ['a key twice', 'space_id = 1\nspace_id = 2\n', 'space_id is given twice'],
  ])('refuses %s and names the file', (_, text, problem) => {
    const expected = expect.objectContaining({
      code: 'INTEGRITY',
      message: expect.stringContaining(`t/a.ibd.meta: ${problem}`) as unknown,
    }) as unknown
    expect(() => parseMeta(text, 't/a.ibd.meta')).toThrow(expected)
  })
})
