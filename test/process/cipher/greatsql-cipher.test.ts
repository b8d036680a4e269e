import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeGreatSqlCipher } from '../../../src/cipher/greatsql-cipher.ts'
import { parseKeyFile, readGreatSqlKey } from '../../../src/cipher/greatsql-key-file.ts'
import { readKeyFile } from '../../greatsql-emulator/formats/key-file.ts'
import { makeEncrypter } from '../../greatsql-emulator/formats/xbcrypt.ts'
import { sample } from '../../unit/cipher/openssl-vectors.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const keyText = Buffer.from('aes-256-cbc\nsome key\n0123456789abcdef\n')
const cipher = makeGreatSqlCipher(parseKeyFile(keyText, 'key'))

const encrypt = (content: Buffer): void => {
  const key = readKeyFile(keyText)
  if (typeof key === 'string') throw new Error(key)
  const encrypter = makeEncrypter(key, 'kept')
  writeFileSync(
    scratch('f.xbcrypt'),
    Buffer.concat([encrypter.write(content), encrypter.endFile()]),
  )
}

const decrypt = (expectedBytes?: number) =>
  cipher.decryptFile({
    source: scratch('f.xbcrypt'),
    destination: scratch('f'),
    boundName: 'f',
    expectedBytes,
  })

describe('a file that GreatSQL has encrypted', () => {
  it.each([0, 32, 100, 16_384, 3 * 1024 * 1024 + 1000])(
    'comes back with %i bytes',
    async (bytes) => {
      encrypt(sample(bytes))
      expect(await decrypt(bytes)).toEqual({ bytes })
      expect(readFileSync(scratch('f')).equals(sample(bytes))).toBe(true)
      expect(statSync(scratch('f')).mode & 0o777).toBe(0o640)
      expect(cipher.contentBytesOf(bytes)).toBe(bytes)
      expect(cipher.modeName).toBe('aes-256-cbc')
    },
  )

  it.each([
    ['missing', undefined, undefined, 'the file is missing'],
    ['cut', 1000, 1001, 'the file has 1000 bytes, expected 1001'],
    ['too short', 20, undefined, 'the file has 20 bytes, expected none or at least 32'],
  ])('is refused when it is %s', async (_, bytes, expectedBytes, problem) => {
    if (bytes !== undefined) writeFileSync(scratch('f.xbcrypt'), sample(bytes))
    await expect(decrypt(expectedBytes)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining(`${scratch('f.xbcrypt')}: ${problem}`),
    })
    expect(existsSync(scratch('f'))).toBe(false)
    expect(cipher.contentBytesOf(31)).toBeUndefined()
  })

  it('is left where it is when the work is stopped', async () => {
    encrypt(sample(100))
    const request = { source: scratch('f.xbcrypt'), destination: scratch('f'), boundName: 'f' }
    const stopped = cipher.decryptFile({ ...request, signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(existsSync(scratch('f'))).toBe(false)
  })
})

describe('a key file of GreatSQL', () => {
  it('is read when only its owner and group can', async () => {
    writeFileSync(scratch('key'), keyText)
    chmodSync(scratch('key'), 0o640)
    expect((await readGreatSqlKey(scratch('key'))).mode.name).toBe('aes-256-cbc')
  })

  it('is refused when others can read it', async () => {
    writeFileSync(scratch('key'), keyText)
    chmodSync(scratch('key'), 0o644)
    await expect(readGreatSqlKey(scratch('key'))).rejects.toMatchObject({
      code: 'CONFIG',
      message: `${scratch('key')}: the key file has mode 0644, which lets others at it`,
      hint: `chmod o-rwx,g-w ${scratch('key')}`,
    })
  })
})
