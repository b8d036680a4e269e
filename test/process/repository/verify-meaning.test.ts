// What verification finds besides changed bytes: files that were sealed as they are and mean nothing
// good, pages that are wrong, and what lies in a damaged file where.
import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compress } from '@mongodb-js/zstd'
import { describe, expect, it, vi } from 'vitest'
import type { BackupPaths } from '../../../src/repository/layout.ts'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { readManifest, writeManifest } from '../../../src/repository/manifest-file.ts'
import { P } from '../../fakes/sound-page.ts'
import { FULL, INCREMENT, sealVerifiableChain, type Shape } from '../../fakes/verifiable-chain.ts'
import { verifyAll } from '../../fakes/verify-request.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
const make = (engine: Shape['engine'], codec?: Shape['codec']) =>
  sealVerifiableChain(scratch('repo'), { engine, codec })

const digest = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: hash('sha256', bytes) })

/** Seals the manifest anew with changes. */
const reseal = async (paths: BackupPaths, change: (manifest: Manifest) => Manifest) => {
  const { checksum: _, ...manifest } = JSON.parse(readFileSync(paths.manifest, 'utf8'))
  await writeManifest(paths, change(manifest as Manifest))
  expect(await readManifest(paths)).toBeDefined()
}

/** Replaces a file and seals it as it is now. */
const sealAs = async (paths: BackupPaths, path: string, bytes: Buffer, content?: Buffer) => {
  writeFileSync(join(paths.directory, path), bytes)
  await reseal(paths, (manifest) => ({
    ...manifest,
    files: manifest.files.map((file) =>
      file.path === path
        ? { path, ...digest(bytes), ...(content && { content: digest(content) }) }
        : file,
    ),
  }))
}

const read = (paths: BackupPaths, path: string) => readFileSync(join(paths.directory, path))

describe('a damaged file', () => {
  it('tells which frame cannot be decoded', async () => {
    const { layout, full, frameAt } = await make('greatsql', 'zstd')
    const path = 'data/shop/t.ibd.zstd'
    const file = join(full.directory, path)
    const offset = frameAt.get(file) ?? 0
    const bytes = readFileSync(file)
    // The descriptor of the second frame: a reserved bit is set.
    bytes.writeUInt8(bytes.readUInt8(offset + 4) | 0x08, offset + 4)
    writeFileSync(file, bytes)
    const { problems } = await verifyAll(layout)
    expect(problems.map(({ code, file: name }) => [code, name])).toEqual([
      ['SHA256', path],
      ['FRAME', path],
    ])
    expect(problems[1]).toMatchObject({ offset })
    expect(problems[1]?.message).toMatch(/^the zstd frame at byte \d+ uses a reserved bit/)
  })

  it('has other contents where its frames have no checksum', async () => {
    const { layout, full } = await make('greatsql', 'zstd')
    const path = 'data/ib_buffer_pool.zstd'
    const bytes = read(full, path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0x01, bytes.length - 1)
    writeFileSync(join(full.directory, path), bytes)
    const { problems } = await verifyAll(layout)
    expect(problems.map(({ code, file }) => [code, file])).toEqual([
      ['SHA256', path],
      ['CONTENT_SHA256', path],
    ])
  })

  it('tells where a delta is broken', async () => {
    const { layout, increment } = await make('mysql')
    const path = 'data/shop/t.ibd.delta'
    const bytes = read(increment, path)
    bytes.writeUInt32BE(99, P + 34)
    writeFileSync(join(increment.directory, path), bytes)
    const { problems } = await verifyAll(layout)
    expect(problems.map(({ code, file, offset }) => [code, file, offset])).toEqual([
      ['SHA256', path, null],
      ['DELTA', path, P],
    ])
    expect(problems[1]?.message).toContain('a page of tablespace 99, its .meta names 2')
  })

  it('tells which page is wrong, when pages are looked at', async () => {
    const { layout, full } = await make('mysql')
    const path = 'data/shop/t.ibd'
    const bytes = read(full, path)
    bytes.writeUInt8(1, 3 * P + 1000)
    writeFileSync(join(full.directory, path), bytes)
    const { problems } = await verifyAll(layout, { deep: true })
    expect(problems.map(({ code, offset }) => [code, offset])).toEqual([
      ['SHA256', null],
      ['PAGE', 3 * P],
    ])
    expect(problems[1]?.message).toMatch(/^page 3 has the checksum [\da-f]{8}, its bytes give/)
  })
})

describe('pages', () => {
  const spoil = (bytes: Buffer, page: number): Buffer => {
    bytes.writeUInt8(1, page * P + 1000)
    return bytes
  }

  it('were wrong already when they were sealed', async () => {
    const { layout, full } = await make('greatsql')
    await sealAs(full, 'data/shop/t.ibd', spoil(read(full, 'data/shop/t.ibd'), 1))
    expect((await verifyAll(layout)).problems).toEqual([])
    const { problems, backups } = await verifyAll(layout, { deep: true })
    expect(problems).toEqual([
      expect.objectContaining({ backup: FULL, file: 'data/shop/t.ibd', code: 'PAGE', offset: P }),
    ])
    expect(backups[0]?.pages).toMatchObject({ sound: 5, empty: 1, faulty: 1 })
  })

  it('of a delta are looked at as well', async () => {
    const { layout, increment } = await make('mysql')
    const path = 'data/shop/t.ibd.delta'
    await sealAs(increment, path, spoil(read(increment, path), 2))
    const { problems } = await verifyAll(layout, { deep: true })
    expect(problems).toEqual([
      expect.objectContaining({ backup: INCREMENT, file: path, code: 'PAGE', offset: 2 * P }),
    ])
    expect(problems[0]?.message).toMatch(/^page 3 /)
  })

  it.each([null, 1])(
    'may be torn in a compressed full where a delta replaces them (sample: %s)',
    async (samplePercent) => {
      const { layout, full } = await make('greatsql', 'zstd')
      const path = 'data/shop/t.ibd.zstd'
      const { content, bytes } = await tear(full, path, 2, 3)
      await sealAs(full, path, bytes, content)
      // Page 2 is in one delta and page 3 in another: all is well, whatever else is read.
      await reseal(full, (manifest) => ({
        ...manifest,
        files: [...manifest.files].sort((a) => (a.path === path ? -1 : 1)),
      }))
      const members = { deep: true, samplePercent }
      for (let run = 0; run < (samplePercent === null ? 1 : 10); run += 1)
        expect((await verifyAll(layout, members)).problems).toEqual([])
      const torn = await tear(full, path, 0)
      await sealAs(full, path, torn.bytes, torn.content)
      const { problems } = await verifyAll(layout, { deep: true })
      expect(problems.map(({ code, file, offset }) => [code, file, offset])).toEqual([
        ['PAGE', path, 0],
      ])
    },
  )

  const tear = async (paths: BackupPaths, path: string, ...pages: readonly number[]) => {
    const { decompress } = await import('@mongodb-js/zstd')
    const stored = read(paths, path)
    const magic = stored.subarray(0, 4)
    const second = stored.indexOf(magic, 4)
    const parts = second === -1 ? [stored] : [stored.subarray(0, second), stored.subarray(second)]
    const content = Buffer.concat(await Promise.all(parts.map((part) => decompress(part))))
    for (const page of pages) spoil(content, page)
    return { content, bytes: await compress(content) }
  }
})

describe('a backup that was sealed wrong', () => {
  it('has a delta without its .meta, and one with another', async () => {
    const { layout, increment } = await make('greatsql')
    const meta = 'data/shop/t.ibd.meta'
    const text = read(increment, meta).toString().replace('space_id = 2', 'space_id = 3')
    await sealAs(increment, meta, Buffer.from(text))
    const { problems } = await verifyAll(layout)
    expect(problems).toEqual([
      expect.objectContaining({ file: meta, code: 'META', expected: 2, actual: 3 }),
    ])
    await sealAs(increment, meta, Buffer.from('space_id = two\n'))
    expect((await verifyAll(layout)).problems).toEqual([
      expect.objectContaining({ file: meta, code: 'META' }),
    ])
    await reseal(increment, (manifest) => ({
      ...manifest,
      files: manifest.files.filter(({ path }) => path !== meta),
    }))
    expect((await verifyAll(layout)).problems.map(({ code, file }) => [code, file])).toEqual([
      ['FILE_SURPLUS', meta],
      ['DELTA_UNPAIRED', 'data/shop/t.ibd.delta'],
    ])
  })

  it('has other page counts than its deltas', async () => {
    const { layout, increment } = await make('mysql')
    await reseal(increment, (manifest) => ({
      ...manifest,
      deltas: manifest.deltas.map((delta) => ({ ...delta, pages: delta.pages + 1 })),
    }))
    expect((await verifyAll(layout)).problems).toEqual([
      expect.objectContaining({
        file: 'data/ibdata1.delta',
        code: 'DELTA',
        expected: 1,
        actual: 0,
      }),
      expect.objectContaining({
        ...{ file: 'data/shop/t.ibd.delta', code: 'DELTA', expected: 3, actual: 2 },
      }),
    ])
  })

  it('has a compressed file with other contents', async () => {
    const { layout, full } = await make('greatsql', 'lz4')
    await reseal(full, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file, index) =>
        file.content === undefined
          ? file
          : {
              ...file,
              content: {
                sizeBytes: file.content.sizeBytes + (index % 2),
                sha256: 'ab'.repeat(32),
              },
            },
      ),
    }))
    const { problems } = await verifyAll(layout)
    expect(new Set(problems.map(({ code }) => code))).toEqual(
      new Set(['CONTENT_SIZE', 'CONTENT_SHA256']),
    )
    expect(problems.length).toBe(7)
  })

  it('has checkpoints of another clone, and settings that are none', async () => {
    const { layout, increment } = await make('greatsql')
    await sealAs(increment, 'server.json', Buffer.from('{"format":1}'))
    await sealAs(
      increment,
      'data/#clone/#clone_checkpoints',
      Buffer.from('start_lsn = 100\npage_track_lsn = 301\nend_lsn = 401\n'),
    )
    const { problems } = await verifyAll(layout)
    expect(problems.map(({ code, expected, actual }) => [code, expected, actual])).toEqual([
      ['SERVER_SETTINGS', null, null],
      ['CHECKPOINTS', '300', '301'],
      ['CHECKPOINTS', '400', '401'],
    ])
  })

  it('has a pagemap that is none, or one of other files', async () => {
    const { layout, full, increment } = await make('mysql')
    await sealAs(full, 'pagemap', Buffer.from('nothing of the kind at all'))
    await reseal(increment, (manifest) => ({
      ...manifest,
      result: { files: [{ path: 'ibdata1', ...digest(Buffer.alloc(P)) }], emptyDirectories: [] },
    }))
    const { problems } = await verifyAll(layout)
    expect(problems.map(({ backup, code }) => [backup, code])).toEqual([
      [FULL, 'PAGEMAP'],
      [INCREMENT, 'PAGEMAP'],
      [INCREMENT, 'PAGEMAP'],
    ])
    expect(problems[1]).toMatchObject({ expected: P, actual: 3 * P })
  })

  it('does not fit its chain', async () => {
    const { layout, increment } = await make('mysql')
    await reseal(increment, (manifest) => ({ ...manifest, startLsn: '150' }))
    expect((await verifyAll(layout)).problems).toEqual([
      expect.objectContaining({ backup: INCREMENT, file: null, code: 'LSN_GAP' }),
    ])
  })
})
