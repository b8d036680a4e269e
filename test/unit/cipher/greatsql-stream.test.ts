import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseKeyFile, type GreatSqlKey } from '../../../src/cipher/greatsql-key-file.ts'
import { greatSqlModes } from '../../../src/cipher/greatsql-mode.ts'
import { decryptGreatSql } from '../../../src/cipher/greatsql-stream.ts'
import { readKeyFile, type FileKey } from '../../greatsql-emulator/formats/key-file.ts'
import { decryptFile, makeEncrypter } from '../../greatsql-emulator/formats/xbcrypt.ts'
import { hashedVectors, sample, vectorIv, vectorKey, vectors } from './openssl-vectors.ts'
import { collect, inPieces } from './streams.ts'

const keyFile = (mode: string, key = vectorKey): Buffer =>
  Buffer.from(`${mode}\n${key}\n${vectorIv}\n`)

const keyOf = (mode: string, key?: string): GreatSqlKey => parseKeyFile(keyFile(mode, key), 'key')

const emulatorKey = (mode: string, key?: string): FileKey => {
  const found = readKeyFile(keyFile(mode, key))
  if (typeof found === 'string') throw new Error(found)
  return found
}

/** As the server encrypts a file. */
const encrypt = (content: Buffer, mode: string, key?: string): Buffer => {
  const encrypter = makeEncrypter(emulatorKey(mode, key), 'kept')
  return Buffer.concat([encrypter.write(content), encrypter.endFile()])
}

const decrypt = (encrypted: Buffer, key: GreatSqlKey, sizes?: readonly number[]): Promise<Buffer> =>
  collect(decryptGreatSql({ encrypted: inPieces(encrypted, sizes), name: 't.ibd.xbcrypt' }, key))

const modeNames = greatSqlModes.map(({ name }) => name)

describe('what GreatSQL has encrypted', () => {
  it('has a vector for each mode', () => {
    expect(vectors.map(([mode]) => mode)).toEqual(modeNames)
  })

  it.each(vectors)('is read as OpenSSL wrote it, with %s', async (mode, encrypted) => {
    const content = await decrypt(Buffer.from(encrypted, 'base64'), keyOf(mode))
    expect(content.equals(sample(100))).toBe(true)
  })

  it.each(hashedVectors)(
    'is read in units of 512 bytes: %s, %i bytes',
    async (mode, bytes, sha) => {
      const encrypted = encrypt(sample(bytes), mode, 'short')
      expect(createHash('sha256').update(encrypted).digest('hex')).toBe(sha)
      expect((await decrypt(encrypted, keyOf(mode, 'short'))).equals(sample(bytes))).toBe(true)
    },
  )

  it('is read whatever its length, mode and key, and however it arrives', async () => {
    const length = fc.oneof(
      fc
        .nat({ max: 3 })
        .chain((units) => fc.integer({ min: 32, max: 80 }).map((n) => n + units * 512)),
      fc.integer({ min: 480, max: 560 }),
      fc.integer({ min: 32, max: 6000 }),
      fc.constant(0),
    )
    const sizes = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 4 })
    const key = fc.stringMatching(/^[!-~]{1,255}$/)
    await fc.assert(
      fc.asyncProperty(
        length,
        fc.constantFrom(...modeNames),
        key,
        sizes,
        async (bytes, mode, text, cuts) => {
          const content = sample(bytes)
          const encrypted = encrypt(content, mode, text)
          expect(encrypted.length).toBe(bytes)
          expect((await decrypt(encrypted, keyOf(mode, text), cuts)).equals(content)).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })

  it.each(modeNames)(
    'is what mysqldecrypt reads, in runs of more than a MiB, with %s',
    async (mode) => {
      const encrypted = sample(1024 * 1024 + 20_000 + 77)
      const few = encrypted.subarray(0, 20_000)
      const reference = decryptFile(few, emulatorKey(mode)).bytes.subarray(0, 19_456)
      const content = await decrypt(encrypted, keyOf(mode))
      expect(content.length).toBe(encrypted.length)
      expect(content.subarray(0, 19_456).equals(reference)).toBe(true)
    },
  )

  it('comes to other bytes of the same number with another key', async () => {
    const encrypted = encrypt(sample(1000), 'aes-256-cbc')
    const content = await decrypt(encrypted, keyOf('aes-256-cbc', 'another'))
    expect(content.length).toBe(1000)
    expect(content.equals(sample(1000))).toBe(false)
  })

  it.each([1, 15, 16, 31])('is refused with %i bytes', async (bytes) => {
    await expect(decrypt(sample(bytes), keyOf('aes-128-cbc'))).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: `t.ibd.xbcrypt: the file has ${bytes} bytes, expected none or at least 32: the server cannot have encrypted it`,
      details: { file: 't.ibd.xbcrypt' },
    })
  })
})
