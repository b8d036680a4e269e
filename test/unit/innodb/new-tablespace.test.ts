import { describe, expect, it } from 'vitest'
import { firstPageOf } from '../../../src/innodb/new-tablespace.ts'
import { parseTablespaceHeader } from '../../../src/innodb/tablespace-header.ts'

/** The bytes that are not zero, by offset. */
const written = (page: Buffer): Readonly<Record<number, number>> =>
  Object.fromEntries([...page.entries()].filter(([, byte]) => byte !== 0))

describe('the first page of a new tablespace', () => {
  const page = firstPageOf({ spaceId: 0x0102, flags: 0x4021, pageBytes: 16384 })

  it('is one page of ids, flags and checksum', () => {
    expect(page).toHaveLength(16384)
    const checksum = [...page.subarray(0, 4)]
    expect(Object.keys(written(page)).map(Number)).toEqual([
      ...[0, 1, 2, 3].filter((at) => page[at] !== 0),
      36,
      37,
      40,
      41,
      56,
      57,
      ...[0, 1, 2, 3].filter((at) => page[at] !== 0).map((at) => 16376 + at),
    ])
    expect([...page.subarray(16376, 16380)]).toEqual(checksum)
    expect(page.readUInt32BE(54)).toBe(0x4021)
  })

  it.each([
    [4096, 3],
    [8192, 4],
    [32768, 6],
    [65536, 7],
  ])('notes pages of %i bytes in the flags', (pageBytes, shift) => {
    const { flags } = {
      flags: firstPageOf({ spaceId: 1, flags: 0x4021, pageBytes }).readUInt32BE(54),
    }
    expect(flags).toBe(0x4021 | (shift << 6))
  })

  it('has no type yet, so it is not taken for a finished one', () => {
    expect(parseTablespaceHeader(page)).toBeUndefined()
  })
})
