import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashPage, PAGE_HASH_BYTES, ZERO_PAGE_HASH } from '../../../src/innodb/page-hash.ts'

describe('hashPage', () => {
  it('is the first 16 bytes of SHA-256', () => {
    const page = Buffer.alloc(16384, 'page ')
    const whole = createHash('sha256').update(page).digest()
    expect(hashPage(page)).toEqual(whole.subarray(0, 16))
    expect(hashPage(page)).toHaveLength(PAGE_HASH_BYTES)
  })

  it('gives a page of zeros a hash of zeros, whatever its size', () => {
    expect(hashPage(Buffer.alloc(16384))).toEqual(Buffer.alloc(16))
    expect(hashPage(Buffer.alloc(1024))).toEqual(ZERO_PAGE_HASH)
  })

  it('differs when one bit differs', () => {
    const page = Buffer.alloc(16384)
    page[16383] = 1
    expect(hashPage(page)).not.toEqual(ZERO_PAGE_HASH)
  })

  it('hashes a page in the middle of a larger buffer', () => {
    const chunk = Buffer.alloc(3 * 4096, 0)
    chunk.fill('b', 4096, 8192)
    expect(hashPage(chunk.subarray(4096, 8192))).toEqual(hashPage(Buffer.alloc(4096, 'b')))
    expect(hashPage(chunk.subarray(8192))).toEqual(ZERO_PAGE_HASH)
  })
})
