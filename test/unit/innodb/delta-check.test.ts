import { describe, expect, it } from 'vitest'
import { createDeltaCheck, type DeltaSummary } from '../../../src/innodb/delta-check.ts'
import { encodeIndexBlock, segmentCapacity } from '../../../src/innodb/delta-segment.ts'
import { pageOf, tablespaceBytes } from '../../fakes/tablespace.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const P = 1024
const SPACE = 7
const name = 'shop/t.ibd.delta'
const meta = { pageSize: P, zipSize: 0, spaceId: SPACE, spaceFlags: 0 }

const segment = (numbers: readonly number[], last: boolean, spaceId = SPACE): Buffer =>
  Buffer.concat([
    encodeIndexBlock(numbers, P, last),
    ...numbers.map((number) => pageOf(P, spaceId, number, number % 5)),
  ])

/** Feeds in pieces of a size that fits nothing. */
const check = (bytes: Buffer, changes: Partial<typeof meta> = {}, step = 700): DeltaSummary => {
  const delta = createDeltaCheck(name, { ...meta, ...changes })
  for (let from = 0; from < bytes.length; from += step)
    delta.feed(bytes.subarray(from, from + step))
  return delta.end()
}

const full = Array.from({ length: segmentCapacity(P) }, (_, index) => index * 2)
const twoSegments = Buffer.concat([segment(full, false), segment([9001, 9007], true)])

describe('the check of a delta', () => {
  it.each([1, 38, 700, P, 3 * P, 1_000_000])(
    'counts what it holds, fed %d bytes at a time',
    (step) => {
      expect(check(twoSegments, {}, step)).toEqual({
        pages: full.length + 2,
        endPage: 9008,
        raw: false,
      })
    },
  )

  it('hands out each page with its number and its place', () => {
    const seen: (readonly number[])[] = []
    const delta = createDeltaCheck(name, meta, (page, pageNumber, offset) => {
      seen.push([pageNumber, offset, page.length])
    })
    delta.feed(segment([4, 2], true))
    delta.end()
    expect(seen).toEqual([
      [4, P, P],
      [2, 2 * P, P],
    ])
  })

  it('takes an empty file for a delta without pages', () => {
    expect(check(Buffer.alloc(0))).toEqual({ pages: 0, endPage: 0, raw: false })
  })

  it('knows the first pages of a table that was created meanwhile', () => {
    const raw = tablespaceBytes({ spaceId: SPACE, pageBytes: P, pages: [1, 0, 3] })
    expect(check(raw)).toMatchObject({ raw: true, pages: 0 })
  })

  it('lets the system tablespace number its pages as it likes', () => {
    const bytes = Buffer.concat([encodeIndexBlock([3], P, true), pageOf(P, 99, 800, 1)])
    expect(check(bytes, { spaceId: 0 }).pages).toBe(1)
  })

  const wrongMagic = Buffer.from(twoSegments)
  wrongMagic.write('XLON', 0, 'latin1')
  const strange = Buffer.concat([encodeIndexBlock([3], P, true), pageOf(P, SPACE, 4, 1)])

  it.each<[string, Buffer, RegExp]>([
    ['a wrong magic', wrongMagic, /at byte 0 it does not begin like a delta/],
    ['an end within a page', twoSegments.subarray(0, -1), /it ends within a page of 1024 bytes/],
    ['a page too few', twoSegments.subarray(0, -P), /1 pages of its index are missing/],
    ['its last segment cut off', segment(full, false), /its last segment is missing/],
    ['something behind its end', Buffer.concat([twoSegments, Buffer.alloc(P)]), /follows the last/],
    ['pages of another tablespace', segment([1, 2], true, 8), /a page of tablespace 8, .* names 7/],
    ['a page under another number', strange, /page 4 where its index lists 3/],
  ])('refuses %s', (_what, bytes, problem) => {
    const { code, message, details } = refusalOf(() => check(bytes))
    expect(code).toBe('INTEGRITY')
    expect(message).toMatch(problem)
    expect(message).toContain(name)
    expect(details).toHaveProperty('offset')
  })
})
