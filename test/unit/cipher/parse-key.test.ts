import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fileKeyOf } from '../../../src/cipher/master-key.ts'
import { parseKeyBytes, parseKeyText } from '../../../src/cipher/parse-key.ts'
import { ClonectlError } from '../../../src/errors.ts'

const counting = (from: number): Buffer =>
  Buffer.from(Array.from({ length: 32 }, (_, at) => from + at))
const HEX = counting(0).toString('hex')
const BASE64 = counting(0).toString('base64')

const refusalOf = (read: () => unknown): ClonectlError => {
  try {
    read()
  } catch (error) {
    if (error instanceof ClonectlError) return error
    throw error
  }
  throw new Error('the key was taken')
}

describe('a key', () => {
  it('is named by what OpenSSL derives from it', () => {
    // openssl kdf -keylen 8 -kdfopt digest:SHA256 -kdfopt info:"clonectl key id" ... HKDF
    expect(parseKeyText(HEX, 'key').id).toBe('0192a2f996935696')
    // The same with -keylen 32, the salt, and info:"clonectl file key".
    expect(fileKeyOf(parseKeyText(HEX, 'key'), counting(32)).export().toString('hex')).toBe(
      'bcf91c4867f944c63b04616f575d9a6d9fb7a7bd82279ef4b241685815bf1781',
    )
  })

  it.each([
    ['hex', HEX],
    ['hex in capitals, with line ends', `\n${HEX.toUpperCase()}\r\n`],
    ['base64', `${BASE64}\n`],
    ['base64 without its padding', BASE64.replace('=', '')],
  ])('may be %s', (_, text) => {
    expect(parseKeyText(text, 'key').id).toBe('0192a2f996935696')
    expect(parseKeyBytes(Buffer.from(text), 'key').id).toBe('0192a2f996935696')
  })

  it('may be 32 raw bytes', () => {
    expect(parseKeyBytes(counting(0), 'key').id).toBe('0192a2f996935696')
  })

  it.each([
    ['nothing', ''],
    ['half a key', HEX.slice(32)],
    ['a key and a half', HEX + HEX.slice(32)],
    ['hex with a letter too much', `${HEX.slice(1)}g`],
    ['two lines', `${HEX}\n${HEX}\n`],
    ['base64 of 33 bytes', Buffer.alloc(33, 7).toString('base64')],
    ['base64 whose last character holds too many bits', `${'A'.repeat(42)}B=`],
    ['a password of 32 characters', 'correct horse battery staple 123'],
    ['32 equal bytes in hex', '00'.repeat(32)],
  ])('is not %s', (_, text) => {
    for (const read of [
      () => parseKeyText(text, 'vault'),
      () => parseKeyBytes(Buffer.from(text), 'vault'),
    ]) {
      const error = refusalOf(read)
      expect(error.code).toBe('CONFIG')
      expect(error.message).toMatch(/^vault: /)
      expect(error.hint).toBe('Make a key with: openssl rand -hex 32')
      const told = `${error.message} ${error.hint ?? ''} ${inspect(error.details)}`
      if (text.trim() !== '') expect(told).not.toContain(text.trim().slice(0, 12))
    }
  })

  it('is not 32 equal raw bytes', () => {
    expect(refusalOf(() => parseKeyBytes(Buffer.alloc(32), 'k')).message).toBe(
      'k: all bytes of the key are the same',
    )
  })

  it('does not show when it is printed', () => {
    const key = parseKeyText(HEX, 'key')
    expect(inspect(key)).not.toMatch(/00, ?01|0001/)
    expect(JSON.stringify(key)).toBe('{"secret":{},"id":"0192a2f996935696"}')
  })
})
