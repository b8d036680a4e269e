import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseKeyFile } from '../../../src/cipher/greatsql-key-file.ts'
import { ClonectlError } from '../../../src/errors.ts'

const IV = '0123456789abcdef'
const SECRET = 'the-secret-nobody-sees'

const refusalOf = (text: string | Buffer): ClonectlError => {
  try {
    parseKeyFile(Buffer.from(text), '/etc/clone.key')
  } catch (error) {
    if (error instanceof ClonectlError) return error
    throw error
  }
  throw new Error('the file was taken')
}

describe('the key file of GreatSQL', () => {
  it.each([
    ['aes-128-cbc', 16],
    ['aes-192-ecb', 24],
    ['AES-256-OFB', 32],
    ['aes-256-cfb128', 32],
  ])('is read with the mode %s', (mode, keyBytes) => {
    const key = parseKeyFile(Buffer.from(`${mode}\n${SECRET}\n${IV}\n`), 'key')
    expect(key.mode.name).toBe(mode.toLowerCase())
    expect(key.secret.symmetricKeySize).toBe(keyBytes)
    expect(key.iv.toString()).toBe(IV)
  })

  it('needs no line feed at its very end', () => {
    expect(parseKeyFile(Buffer.from(`aes-128-cbc\nk\n${IV}`), 'key').iv.toString()).toBe(IV)
  })

  it('folds a long key and fills up a short one', () => {
    const folded = (key: string) =>
      parseKeyFile(Buffer.from(`aes-128-cbc\n${key}\n${IV}\n`), 'key').secret.export()
    expect(folded('ab')).toEqual(Buffer.concat([Buffer.from('ab'), Buffer.alloc(14)]))
    expect(folded(`${'a'.repeat(16)}${'a'.repeat(16)}`)).toEqual(Buffer.alloc(16))
    expect(folded(`${'a'.repeat(16)}b`)).toEqual(Buffer.from(`\x03${'a'.repeat(15)}`))
  })

  it.each([
    ['', '0 lines'],
    ['\n', '1 lines'],
    ['aes-128-cbc', '1 lines'],
    [`aes-128-cbc\n${SECRET}`, '2 lines, expected 3; such a file crashes the server'],
    [`aes-128-cbc\n${SECRET}\n`, '2 lines, expected 3; such a file crashes the server'],
    [`aes-128-cbc\n${SECRET}\n\n`, 'third line has 0 bytes'],
    [`aes-128-cbc\n\n${IV}\n`, 'the key has 0 bytes, expected 1 to 255'],
    [`aes-128-cbc\n${'k'.repeat(256)}\n${IV}\n`, 'the key has 256 bytes'],
    [`aes-128-cbc\n${SECRET}\n${IV}x\n`, 'third line has 17 bytes, expected 16'],
    [`aes-128-cbc\n${SECRET}\n0123\n`, 'third line has 4 bytes, expected 16'],
    [`aes-128-cbc\n${SECRET}\n${IV}\n\n`, '4 lines'],
    [`aes-128-cbc\n${SECRET}\n${IV}\nmore\n`, '4 lines'],
    [`aes-128-cbc\r\n${SECRET}\r\n${IV}\r\n`, 'carriage return'],
    [`aes-128-cbc\n${SECRET}\0\n${IV}\n`, 'byte 0'],
    [`aes-128-gcm\n${SECRET}\n${IV}\n`, 'first line names no mode'],
    [`aes-128-cbc \n${SECRET}\n${IV}\n`, 'first line names no mode'],
    [`aes-128-e\n${SECRET}\n${IV}\n`, 'first line names no mode'],
    [`${SECRET}\naes-128-cbc\n${IV}\n`, 'first line names no mode'],
    [`\n${SECRET}\n${IV}\n`, 'first line names no mode'],
  ])('%j is refused: %s', (text, problem) => {
    const error = refusalOf(text)
    expect(error.code).toBe('CONFIG')
    expect(error.message).toContain('/etc/clone.key: ')
    expect(error.message).toContain(problem)
    expect(error.details).toEqual({ source: '/etc/clone.key' })
    const told = `${inspect(error)} ${error.hint ?? ''} ${JSON.stringify(error.details)}`
    expect(told).not.toContain(SECRET)
  })

  it('takes a key of 255 bytes that are no text', () => {
    const key = Buffer.alloc(255, 0xfe)
    const file = Buffer.concat([Buffer.from('aes-256-cbc\n'), key, Buffer.from(`\n${IV}\n`)])
    expect(parseKeyFile(file, 'key').secret.symmetricKeySize).toBe(32)
  })

  it('does not show its key when it is printed', () => {
    const key = parseKeyFile(Buffer.from(`aes-128-cbc\n${SECRET}\n${IV}\n`), 'key')
    expect(inspect(key.secret)).not.toContain('secret-nobody')
    expect(JSON.stringify(key.secret)).toBe('{}')
  })
})
