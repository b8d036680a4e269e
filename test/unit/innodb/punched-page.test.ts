import { expect, it } from 'vitest'
import { holeBegin } from '../../../src/innodb/punched-page.ts'

const page = (type: number, compressedBytes: number): Buffer => {
  const bytes = Buffer.alloc(16384, 1)
  bytes.writeUInt16BE(type, 24)
  bytes.writeUInt16BE(compressedBytes, 32)
  return bytes
}

it.each([
  ['the whole of an index page', 17855, 100, 16384],
  ['one block of a page that compresses well', 14, 100, 4096],
  ['two blocks when the header does not fit', 14, 4096, 8192],
  ['exactly one block', 14, 4096 - 38, 4096],
  ['an encrypted one likewise', 16, 5000, 8192],
  ['never more than the page', 14, 65535, 16384],
])('keeps %s', (_, type, compressedBytes, begin) => {
  expect(holeBegin(page(type, compressedBytes), 4096)).toBe(begin)
})
