import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storedBytesOf } from '../../../src/cipher/container.ts'
import { masterKeyOf } from '../../../src/cipher/master-key.ts'
import { readKeyId } from '../../../src/cipher/sealed-file.ts'
import { makeCipher } from '../../../src/cipher/sealing-cipher.ts'
import { sample } from '../../unit/cipher/openssl-vectors.ts'
import { collect, inPieces } from '../../unit/cipher/streams.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { readContainer } from './container-reader.ts'

const scratch = useScratchDir()
const master = sample(32)
const key = masterKeyOf(master)
const CHUNK = 100
const HEADER = 56
const STEP = CHUNK + 16
const cipher = makeCipher(key, CHUNK)
const NAME = '20261120-F/data/t.ibd'

const encrypt = async (content: Buffer, to = 't.enc', boundName = NAME): Promise<Buffer> => {
  writeFileSync(scratch('t.ibd'), content)
  await cipher.encryptFile({ source: scratch('t.ibd'), destination: scratch(to), boundName })
  return readFileSync(scratch(to))
}

const decrypt = (boundName = NAME, expectedBytes?: number): Promise<Buffer> =>
  collect(cipher.decryptContent({ source: scratch('t.enc'), boundName, expectedBytes }))

/** Whatever reads a file refuses it, and leaves nothing behind. */
const expectRefused = async (wanted: object, boundName = NAME): Promise<void> => {
  const request = { source: scratch('t.enc'), boundName }
  await expect(decrypt(boundName)).rejects.toMatchObject(wanted)
  const destination = scratch('out')
  await expect(cipher.decryptFile({ ...request, destination })).rejects.toMatchObject(wanted)
  expect(existsSync(destination)).toBe(false)
}

describe('an encrypted file', () => {
  it('comes back whatever its size', async () => {
    for (const bytes of [
      0,
      1,
      15,
      16,
      CHUNK - 1,
      CHUNK,
      CHUNK + 1,
      2 * CHUNK,
      2 * CHUNK + 1,
      1234,
    ]) {
      const stored = await encrypt(sample(bytes), `t-${bytes}.enc`)
      expect(stored.length).toBe(storedBytesOf(bytes, CHUNK))
      expect(cipher.contentBytesOf(stored.length)).toBe(bytes)
      const request = { source: scratch(`t-${bytes}.enc`), boundName: NAME, expectedBytes: bytes }
      expect((await collect(cipher.decryptContent(request))).equals(sample(bytes))).toBe(true)
      const destination = scratch(`t-${bytes}.ibd`)
      expect(await cipher.decryptFile({ ...request, destination })).toEqual({ bytes })
      expect(readFileSync(destination).equals(sample(bytes))).toBe(true)
      expect(statSync(destination).mode & 0o777).toBe(0o640)
      expect(statSync(request.source).mode & 0o777).toBe(0o640)
    }
  })

  it('is what its description says, read by another program', async () => {
    for (const bytes of [0, 99, 100, 101, 345]) {
      const stored = await encrypt(sample(bytes), `w-${bytes}`)
      expect((await readContainer(stored, master, NAME)).equals(sample(bytes))).toBe(true)
    }
  })

  it('comes back from content in pieces of any size', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 4 })
    let turn = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(700), sizes, async (bytes, cuts) => {
        const destination = scratch(`p-${(turn += 1)}`)
        const content = inPieces(sample(bytes), cuts)
        const made = await cipher.encryptContent({ content, destination, boundName: NAME })
        expect(made.bytes).toBe(statSync(destination).size)
        const read = cipher.decryptContent({ source: destination, boundName: NAME })
        expect((await collect(read)).equals(sample(bytes))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('is another each time, and says which key it needs', async () => {
    const first = await encrypt(sample(300), 'a')
    const second = await encrypt(sample(300), 'b')
    expect(first.subarray(0, 24).equals(second.subarray(0, 24))).toBe(true)
    expect(first.subarray(24, 56).equals(second.subarray(24, 56))).toBe(false)
    expect(first.subarray(56, 150).equals(second.subarray(56, 150))).toBe(false)
    expect(await readKeyId(scratch('a'))).toBe(key.id)
    expect(first.includes(sample(300).subarray(0, 16))).toBe(false)
  })

  it('can be read at any place', async () => {
    await encrypt(sample(950))
    await using access = await cipher.openContent({ source: scratch('t.enc'), boundName: NAME })
    expect(access).toMatchObject({ contentBytes: 950, chunkBytes: CHUNK })
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.nat(400), async (offset, length) => {
        const found = await access.read(offset, length)
        expect(found.equals(sample(950).subarray(offset, offset + length))).toBe(true)
      }),
    )
  })
})

describe('damage to an encrypted file', () => {
  it('is found wherever a bit is flipped', async () => {
    const stored = await encrypt(sample(2 * CHUNK + 50))
    const places = [...stored.keys()].filter((at) => at < HEADER || at % 7 === 0 || at > 320)
    for (const at of places) {
      const damaged = Buffer.from(stored)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(scratch('t.enc'), damaged)
      const error = await decrypt().then(
        () => undefined,
        (thrown: unknown) => thrown as { code: string; details: Record<string, unknown> },
      )
      expect(error?.code, `byte ${at}`).toBe('INTEGRITY')
      expect(error?.details['file']).toBe(scratch('t.enc'))
      if (at < HEADER) continue
      const chunk = Math.floor((at - HEADER) / STEP)
      expect(error?.details).toMatchObject({ chunk, offset: HEADER + chunk * STEP })
    }
  })

  it('is named with its place', async () => {
    const stored = await encrypt(sample(250))
    stored[HEADER + STEP + 3] = (stored[HEADER + STEP + 3] ?? 0) ^ 0xff
    writeFileSync(scratch('t.enc'), stored)
    await expectRefused({
      code: 'INTEGRITY',
      message: `${scratch('t.enc')}: chunk 1, at byte 172, is not what was encrypted there as ${NAME}: bytes were altered, moved, cut off or added, or this is another file`,
      details: { file: scratch('t.enc'), chunk: 1, offset: 172 },
    })
  })

  it('is found wherever the file is cut', async () => {
    const stored = await encrypt(sample(3 * CHUNK))
    for (let length = 0; length < stored.length; length += 1) {
      writeFileSync(scratch('t.enc'), stored.subarray(0, length))
      await expect(decrypt(), `${length} bytes`).rejects.toMatchObject({ code: 'INTEGRITY' })
    }
  })

  it('is found when chunks are swapped, doubled, left out, or added', async () => {
    const stored = await encrypt(sample(3 * CHUNK))
    const header = stored.subarray(0, HEADER)
    const [a, b, c] = [0, 1, 2].map((n) =>
      stored.subarray(HEADER + n * STEP, HEADER + (n + 1) * STEP),
    )
    if (a === undefined || b === undefined || c === undefined) throw new Error('three chunks')
    const trials = [
      [b, a, c],
      [a, c, b],
      [a, a, c],
      [a, b],
      [a, c],
      [c],
      [a, b, c, c],
      [a, b, b, c],
    ]
    for (const chunks of trials) {
      writeFileSync(scratch('t.enc'), Buffer.concat([header, ...chunks]))
      await expectRefused({ code: 'INTEGRITY' })
    }
    for (const more of [1, 15, 16, 17, 100]) {
      writeFileSync(scratch('t.enc'), Buffer.concat([stored, Buffer.alloc(more)]))
      await expectRefused({ code: 'INTEGRITY' })
    }
  })

  it('is found when a chunk comes from another file of the same key and name', async () => {
    const one = await encrypt(sample(3 * CHUNK), 'one')
    const two = await encrypt(sample(3 * CHUNK), 'two')
    two.copy(one, HEADER + STEP, HEADER + STEP, HEADER + 2 * STEP)
    writeFileSync(scratch('t.enc'), one)
    await expectRefused({
      code: 'INTEGRITY',
      details: { file: scratch('t.enc'), chunk: 1, offset: 172 },
    })
  })

  it('is found when the file has got the name of another', async () => {
    await encrypt(sample(10), 'u.enc', '20261120-F/data/u.ibd')
    renameSync(scratch('u.enc'), scratch('t.enc'))
    await expectRefused({ code: 'INTEGRITY' })
    expect((await decrypt('20261120-F/data/u.ibd')).equals(sample(10))).toBe(true)
  })

  it('is found when it is empty, missing, or of another size than was recorded', async () => {
    await expectRefused({ code: 'INTEGRITY', message: expect.stringContaining('is missing') })
    writeFileSync(scratch('t.enc'), '')
    await expectRefused({ code: 'INTEGRITY', details: { offset: 0 } })
    copyFileSync(import.meta.filename, scratch('t.enc'))
    await expectRefused({ code: 'INTEGRITY', message: expect.stringContaining('does not begin') })
    await encrypt(sample(150), 'whole')
    renameSync(scratch('whole'), scratch('t.enc'))
    await expect(decrypt(NAME, 151)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: `${scratch('t.enc')}: the file holds 150 bytes of content, expected 151`,
    })
  })
})

describe('another key', () => {
  const other = makeCipher(masterKeyOf(Buffer.from(master).reverse()), CHUNK)

  it('is refused before anything is read with it', async () => {
    await encrypt(sample(250))
    const request = { source: scratch('t.enc'), boundName: NAME }
    const wanted = {
      code: 'CONFIG',
      message: `${scratch('t.enc')} was encrypted with the key ${key.id}, and the given key is ${other.keyId}`,
      details: { file: scratch('t.enc'), keyId: key.id, givenKeyId: other.keyId },
    }
    await expect(collect(other.decryptContent(request))).rejects.toMatchObject(wanted)
    await expect(other.openContent(request)).rejects.toMatchObject(wanted)
  })

  it('is not blamed when only the header names it', async () => {
    const stored = await encrypt(sample(250))
    Buffer.from(other.keyId, 'hex').copy(stored, 16)
    writeFileSync(scratch('t.enc'), stored)
    await expectRefused({ code: 'INTEGRITY', details: { file: scratch('t.enc'), offset: 16 } })
  })
})

describe('work on a file', () => {
  it('leaves alone what is there already', async () => {
    await encrypt(sample(10))
    writeFileSync(scratch('taken'), 'mine')
    const wanted = { code: 'PATH_NOT_EMPTY' }
    const [source, destination] = [scratch('t.enc'), scratch('taken')]
    await expect(
      cipher.decryptFile({ source, destination, boundName: NAME }),
    ).rejects.toMatchObject(wanted)
    await expect(
      cipher.encryptFile({ source, destination, boundName: NAME }),
    ).rejects.toMatchObject(wanted)
    expect(readFileSync(destination, 'utf8')).toBe('mine')
  })

  it('stops when it is told to, and leaves nothing', async () => {
    const stop = new AbortController()
    async function* endless(): AsyncGenerator<Buffer> {
      for (let n = 0; n < 1000; n += 1) {
        if (n === 5) stop.abort()
        yield sample(CHUNK)
      }
    }
    const destination = scratch('stopped')
    const request = { content: endless(), destination, boundName: NAME, signal: stop.signal }
    await expect(cipher.encryptContent(request)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(existsSync(destination)).toBe(false)
    await encrypt(sample(10))
    const reading = { source: scratch('t.enc'), boundName: NAME, signal: stop.signal }
    await expect(collect(cipher.decryptContent(reading))).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })

  it('throws what the content throws, and leaves nothing', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield sample(250)
      throw new Error('the compressor broke')
    }
    const destination = scratch('broken')
    const request = { content: broken(), destination, boundName: NAME }
    await expect(cipher.encryptContent(request)).rejects.toThrow('the compressor broke')
    expect(existsSync(destination)).toBe(false)
  })

  it('says when the file to encrypt is not there', async () => {
    const request = { source: scratch('gone'), destination: scratch('out'), boundName: NAME }
    await expect(cipher.encryptFile(request)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(existsSync(scratch('out'))).toBe(false)
  })
})
