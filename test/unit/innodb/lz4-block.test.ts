import { compressSync } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { decodeLz4Block } from '../../../src/innodb/lz4-block.ts'

/** Without the content size that the addon puts before a block. */
const encode = (bytes: Buffer): Buffer => compressSync(bytes).subarray(4)

describe('a block of lz4', () => {
  it.each([
    ['text', Buffer.from('to be or not to be, that is the question; to be or not to be')],
    ['a run, whose match overlaps itself', Buffer.alloc(5000, 'ab')],
    ['long literals', Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * i * 31) & 0xff))],
    ['a page of zeros', Buffer.alloc(16_346)],
  ])('decodes to %s', (_, content) => {
    expect(decodeLz4Block(encode(content), content.length)).toEqual(content)
  })

  const content = Buffer.from('abcabcabcabcabcabcabc and so on, and so on, and so on')
  const block = encode(content)

  it('is refused when it holds more or less than it should', () => {
    expect(decodeLz4Block(block, content.length - 1)).toBeUndefined()
    expect(decodeLz4Block(block, content.length + 1)).toBeUndefined()
  })

  it('is refused wherever it is cut', () => {
    for (let length = 0; length < block.length; length += 1)
      expect(decodeLz4Block(block.subarray(0, length), content.length)).toBeUndefined()
  })

  it('is refused when a match begins before the content', () => {
    expect(decodeLz4Block(Buffer.from([0x10, 97, 2, 0, 0x50]), 10)).toBeUndefined()
    expect(decodeLz4Block(Buffer.from([0x10, 97, 0, 0, 0x50]), 10)).toBeUndefined()
  })
})
