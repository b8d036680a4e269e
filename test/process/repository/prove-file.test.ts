// Every file of a server-made backup is read to its end before the backup is sealed.
import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { compress } from '@mongodb-js/zstd'
import { compressFrame } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { proveFile } from '../../../src/repository/prove-file.ts'
import { encodeIndexBlock } from '../../../src/innodb/delta-segment.ts'
import { pageOf } from '../../fakes/tablespace.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const P = 16_384
const meta = { pageSize: P, zipSize: 0, spaceId: 7, spaceFlags: 0 }
const delta = Buffer.concat([
  encodeIndexBlock([1, 2], P, true),
  pageOf(P, 7, 1, 11),
  pageOf(P, 7, 2, 12),
])

const digest = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: hash('sha256', bytes) })
const encode = { zstd: (b: Buffer) => compress(b), lz4: (b: Buffer) => compressFrame(b) }

/** In frames of 5000 bytes, so that none holds a page. */
const framesOf = async (codec: 'zstd' | 'lz4', bytes: Buffer): Promise<Buffer> => {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 5000)
    frames.push(await encode[codec](bytes.subarray(at, at + 5000)))
  return Buffer.concat(frames)
}

describe('proveFile', () => {
  it('hashes a plain file', async () => {
    const file = scratch('ibdata1')
    writeFileSync(file, 'some bytes')
    const found = await proveFile({ file, codec: undefined, meta: undefined })
    expect(found).toEqual({
      ...digest(Buffer.from('some bytes')),
      content: undefined,
      delta: undefined,
    })
  })

  it.each(['zstd', 'lz4'] as const)('decodes %s and looks through the delta', async (codec) => {
    const file = scratch(`t.ibd.delta.${codec}`)
    writeFileSync(file, await framesOf(codec, delta))
    expect(await proveFile({ file, codec, meta })).toEqual({
      ...digest(readFileSync(file)),
      content: digest(delta),
      delta: { pages: 2, endPage: 3, raw: false },
    })
  })

  it('knows an empty compressed file', async () => {
    const file = scratch('t.ibd.delta.zstd')
    writeFileSync(file, '')
    const found = await proveFile({ file, codec: 'zstd', meta })
    expect(found).toMatchObject({ sizeBytes: 0, content: { sizeBytes: 0 }, delta: { pages: 0 } })
  })

  it('finds a delta that was cut between two frames, which no decoder sees', async () => {
    const file = scratch('t.ibd.delta.zstd')
    writeFileSync(file, await framesOf('zstd', delta.subarray(0, 20_000)))
    const { code, message } = await failureOf(proveFile({ file, codec: 'zstd', meta }))
    expect(code).toBe('INTEGRITY')
    expect(message).toContain(file)
  })

  it.each(['zstd', 'lz4'] as const)('finds a byte that changed in a frame of %s', async (codec) => {
    const file = scratch(`t.ibd.${codec}`)
    const bytes = await framesOf(codec, delta)
    bytes.writeUInt8(bytes.readUInt8(4) ^ 0xff, 4)
    writeFileSync(file, bytes)
    expect((await failureOf(proveFile({ file, codec, meta: undefined }))).code).toBe('INTEGRITY')
  })

  it('finds pages of another tablespace in a plain delta', async () => {
    const file = scratch('t.ibd.delta')
    writeFileSync(file, delta)
    const other = { ...meta, spaceId: 8 }
    const { message } = await failureOf(proveFile({ file, codec: undefined, meta: other }))
    expect(message).toContain('a page of tablespace 7, its .meta names 8')
  })
})
