import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatHeader,
  HEADER_BYTES,
  layoutOfContent,
  layoutOfStored,
  parseHeader,
  storedBytesOf,
} from '../../../src/cipher/container.ts'

const header = {
  chunkBytes: 1_048_576,
  keyId: Buffer.from('0192a2f996935696', 'hex'),
  salt: Buffer.alloc(32, 9),
}

describe('the header', () => {
  it('is 56 bytes that stay the same for ever', () => {
    expect(formatHeader(header).toString('hex')).toBe(
      `434c4e4354454e4300000001001000000192a2f996935696${'09'.repeat(32)}`,
    )
    expect(parseHeader(formatHeader(header), 'f')).toEqual(header)
  })

  it.each([
    ['no such file', 0, Buffer.from('x'), 'does not begin'],
    ['another version', 11, Buffer.from([2]), 'format version 2, expected 1'],
    ['no chunks', 12, Buffer.alloc(4), 'chunks of 0 bytes'],
    ['chunks that fill the memory', 12, Buffer.alloc(4, 0xff), 'chunks of 4294967295 bytes'],
  ])('of %s is refused', (_, offset, bytes, problem) => {
    const wrong = formatHeader(header)
    bytes.copy(wrong, offset)
    expect(() => parseHeader(wrong, 'f')).toThrow(
      expect.objectContaining({ code: 'INTEGRITY', message: expect.stringContaining(problem) }),
    )
  })

  it('is refused when it is cut', () => {
    expect(() => parseHeader(formatHeader(header).subarray(0, 55), 'f')).toThrow(/does not begin/)
    expect(() => parseHeader(Buffer.alloc(0), 'f')).toThrow(/does not begin/)
  })
})

describe('the size of an encrypted file', () => {
  it('tells the size of its content', () => {
    const sizes = fc.record({ content: fc.nat(5000), chunk: fc.integer({ min: 1, max: 700 }) })
    fc.assert(
      fc.property(sizes, ({ content, chunk }) => {
        const stored = storedBytesOf(content, chunk)
        expect(layoutOfStored(stored, chunk)).toEqual(layoutOfContent(content, chunk))
      }),
    )
  })

  it('belongs to a whole file, or there is none of this size', () => {
    for (const chunk of [1, 16, 17, 100]) {
      const whole = new Map<number, number>()
      for (let content = 0; content < 500; content += 1)
        whole.set(storedBytesOf(content, chunk), content)
      for (let stored = 0; stored < HEADER_BYTES + 400; stored += 1)
        expect(layoutOfStored(stored, chunk)?.contentBytes).toBe(whole.get(stored))
    }
  })

  it('is exact for tablespaces of terabytes', () => {
    const content = 16 * 2 ** 40 + 1
    const stored = storedBytesOf(content, 2 ** 20)
    expect(stored).toBe(56 + content + (2 ** 24 + 1) * 16)
    expect(layoutOfStored(stored, 2 ** 20)?.contentBytes).toBe(content)
  })
})
