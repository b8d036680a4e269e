import { describe, expect, it } from 'vitest'
import { firstPageOf } from '../../../src/innodb/new-tablespace.ts'
import { readSpaceHeader } from '../../../src/innodb/space-header.ts'
import { pageOf } from '../../fakes/tablespace.ts'

describe('readSpaceHeader', () => {
  it('reads id and length of a tablespace', () => {
    const page = pageOf(4096, 7, 0, 1)
    page.writeUInt32BE(640, 46)
    expect(readSpaceHeader(page)).toEqual({ spaceId: 7, sizePages: 640 })
  })

  it('knows a file that was just created', () => {
    const page = firstPageOf({ spaceId: 9, flags: 16417, pageBytes: 16384 })
    expect(readSpaceHeader(page)).toEqual({ spaceId: 9, sizePages: 0 })
  })

  it.each([
    ['zeros', Buffer.alloc(4096)],
    ['another page', pageOf(4096, 7, 3, 1)],
    ['too few bytes', pageOf(4096, 7, 0, 1).subarray(0, 57)],
    ['an index page numbered 0', Buffer.from(pageOf(4096, 7, 3, 1)).fill(0, 4, 8)],
  ])('does not take %s for the beginning of a tablespace', (_, bytes) => {
    expect(readSpaceHeader(bytes)).toBeUndefined()
  })

  it('does not believe ids that differ', () => {
    const page = pageOf(4096, 7, 0, 1)
    page.writeUInt32BE(8, 34)
    expect(readSpaceHeader(page)).toBeUndefined()
  })
})
