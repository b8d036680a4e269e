import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeIndexBlock,
  deltaSizeBytes,
  encodeIndexBlock,
  segmentCapacity,
} from '../../../src/innodb/delta-segment.ts'
import { ClonectlError } from '../../../src/errors.ts'

const P = 16384
const name = 't/a.ibd.delta'
const pages = (count: number): number[] => Array.from({ length: count }, (_, i) => i * 3)
const hex = (block: Buffer, from: number, to?: number): string => block.toString('hex', from, to)

const failureOf = (block: Buffer): ClonectlError => {
  try {
    decodeIndexBlock(block, name)
  } catch (error) {
    if (error instanceof ClonectlError) return error
  }
  throw new Error('decodeIndexBlock did not refuse the block')
}

describe('encodeIndexBlock', () => {
  it('writes magic, page numbers, terminator and zeros', () => {
    const block = encodeIndexBlock([5, 0x01020304], P, true)
    expect(block).toHaveLength(P)
    expect(hex(block, 0, 16)).toBe('434c4f4e' + '00000005' + '01020304' + 'ffffffff')
    expect(block.subarray(16).every((byte) => byte === 0)).toBe(true)
  })

  it('writes the terminator in the very last entry when one page is missing', () => {
    expect(hex(encodeIndexBlock(pages(4094), P, true), P - 4)).toBe('ffffffff')
  })

  it('writes no terminator into a full last segment', () => {
    const block = encodeIndexBlock(pages(4095), P, true)
    expect(hex(block, 0, 4)).toBe('434c4f4e')
    expect(block.readUInt32BE(P - 4)).toBe(4094 * 3)
  })

  it('marks a segment that others follow', () => {
    expect(encodeIndexBlock(pages(4095), P, false).toString('latin1', 0, 4)).toBe('clon')
  })

  it.each([
    ['an empty segment', [], true],
    ['one page too many', pages(4096), true],
    ['a short segment that others follow', pages(4094), false],
    ['FIL_NULL as a page', [0xffffffff], true],
  ])('refuses %s', (_, pageNumbers, last) => {
    expect(() => encodeIndexBlock(pageNumbers, P, last)).toThrow(RangeError)
  })
})

describe('decodeIndexBlock', () => {
  const anyPage = fc.integer({ min: 0, max: 0xfffffffe })
  const sizes = fc.constantFrom(1024, 2048, 4096)

  it('reads back every last segment that can be written', () => {
    const segment = sizes.chain((pageSize) =>
      fc.record({
        pageSize: fc.constant(pageSize),
        pageNumbers: fc.array(anyPage, { minLength: 1, maxLength: segmentCapacity(pageSize) }),
      }),
    )
    fc.assert(
      fc.property(segment, ({ pageSize, pageNumbers }) => {
        const block = encodeIndexBlock(pageNumbers, pageSize, true)
        expect(decodeIndexBlock(block, name)).toEqual({ pageNumbers, last: true })
      }),
    )
  })

  it('reads back full segments, last or not', () => {
    const full = fc.array(anyPage, { minLength: 255, maxLength: 255 })
    fc.assert(
      fc.property(full, fc.boolean(), (pageNumbers, last) => {
        const block = encodeIndexBlock(pageNumbers, 1024, last)
        expect(decodeIndexBlock(block, name)).toEqual({ pageNumbers, last })
      }),
    )
  })

  it('ignores what stands behind the end of the list', () => {
    const block = encodeIndexBlock([9], P, true)
    block.fill(0xab, 12)
    expect(decodeIndexBlock(block, name).pageNumbers).toEqual([9])
  })

  it('refuses a block without magic, and names the file and what was found', () => {
    const error = failureOf(Buffer.alloc(P))
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(`${name}: an index block begins with 00000000`)
    expect(error.details).toEqual({ file: name })
  })

  it("refuses XtraBackup's magic", () => {
    const block = encodeIndexBlock([1], P, true)
    block.write('XTRA', 0, 'latin1')
    expect(failureOf(block).message).toContain('begins with 58545241')
  })

  it('refuses a last segment without pages', () => {
    const block = encodeIndexBlock([1], P, true)
    block.writeUInt32BE(0xffffffff, 4)
    expect(failureOf(block).message).toContain('a segment lists no page')
  })

  it('refuses a short segment that others should follow', () => {
    const block = encodeIndexBlock(pages(4094), P, true)
    block.write('clon', 0, 'latin1')
    expect(failureOf(block).message).toContain(
      'lists 4094 pages, but others follow it: expected 4095',
    )
  })
})

describe('deltaSizeBytes', () => {
  it.each([
    [0, 0],
    [1, 2],
    [4094, 4095],
    [4095, 4096],
    [4096, 4098],
    [8190, 8192],
    [8191, 8194],
    [3 * 4095, 3 * 4096],
  ])('of %i pages is %i blocks', (pageCount, blocks) => {
    expect(deltaSizeBytes(pageCount, P)).toBe(blocks * P)
  })

  it('counts segments by the capacity of the page size', () => {
    expect(segmentCapacity(1024)).toBe(255)
    expect(segmentCapacity(65536)).toBe(16383)
    expect(deltaSizeBytes(256, 1024)).toBe(258 * 1024)
  })
})
