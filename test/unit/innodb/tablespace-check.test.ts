import { describe, expect, it } from 'vitest'
import { createTablespaceCheck } from '../../../src/innodb/tablespace-check.ts'
import { P, soundPage } from '../../fakes/sound-page.ts'

const space = Buffer.concat([1, 2, 0, 4, 5].map((value, n) => soundPage(7, n, value)))
const broken = Buffer.from(space)
broken.writeUInt8(1, 3 * P + 500)

const check = (bytes: Buffer, step: number, pageBytes = 16_384) => {
  const tablespace = createTablespaceCheck(pageBytes)
  for (let at = 0; at < bytes.length; at += step) {
    // Whoever feeds it may use the buffer again.
    const piece = Buffer.from(bytes.subarray(at, at + step))
    tablespace.feed(piece)
    piece.fill(0xee)
  }
  return tablespace.end()
}

describe('a tablespace', () => {
  it.each([1, 7, 57, 58, 59, P - 1, P, P + 1, 3 * P, 100_000])(
    'is looked at page by page, fed %d bytes at a time',
    (step) => {
      expect(check(space, step)).toMatchObject({ sound: 4, empty: 1, faulty: 0, restBytes: 0 })
      expect(check(broken, step)).toMatchObject({
        ...{ sound: 3, empty: 1, faulty: 1 },
        faults: [{ offset: 3 * P, pageNumber: 3 }],
      })
    },
  )

  it('has pages of the size of the server where its first page does not tell', () => {
    const second = space.subarray(P)
    expect(check(second, 5000, P)).toMatchObject({ sound: 3, empty: 1, faulty: 0 })
  })

  it('may end within a page', () => {
    expect(check(space.subarray(0, 2 * P + 100), 5000)).toMatchObject({ sound: 2, restBytes: 100 })
    expect(check(space.subarray(0, 10), 3)).toMatchObject({ sound: 0, restBytes: 10 })
    expect(check(Buffer.alloc(0), 3)).toMatchObject({ sound: 0, empty: 0, restBytes: 0 })
  })

  it('has the pages that its first page tells, too, when the server has only just created it', () => {
    // A table with KEY_BLOCK_SIZE=4 as a clone of MySQL 9.7 had it before any page was flushed.
    const created = Buffer.alloc(7 * 4096)
    Buffer.from('87246878000000000001625000000001', 'hex').copy(created)
    created.writeUInt32BE(2, 34)
    created.writeUInt32BE(2, 38)
    created.writeUInt32BE(0x27, 54)
    expect(check(created, 5000)).toMatchObject({ sound: 1, empty: 6, faulty: 0, restBytes: 0 })
  })
})
