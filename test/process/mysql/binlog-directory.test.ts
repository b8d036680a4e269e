import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { binlogFilesIn } from '../../../src/mysql/binlog-directory.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let dir: string
let count = 0

beforeAll(async () => {
  scratch = await makeScratchDirectory()
})
afterAll(() => scratch[Symbol.asyncDispose]())
beforeEach(async () => {
  count += 1
  dir = join(scratch.path, String(count))
  await mkdir(dir)
})

const put = (name: string, text = 'x') => writeFile(join(dir, name), text)
const names = async (...rest: [{ baseName: string }?]) =>
  (await binlogFilesIn(dir, ...rest)).map(({ name }) => name)

describe('binlogFilesIn', () => {
  it('goes by the names where there is no index, by number', async () => {
    for (const name of ['b.1000000', 'b.999999', 'b.000010', 'notes.txt', 'b.12', 'auto.cnf'])
      await put(name)
    expect(await binlogFilesIn(dir)).toEqual([
      { name: 'b.000010', path: join(dir, 'b.000010'), sequence: 10, sizeBytes: 1 },
      { name: 'b.999999', path: join(dir, 'b.999999'), sequence: 999999, sizeBytes: 1 },
      { name: 'b.1000000', path: join(dir, 'b.1000000'), sequence: 1000000, sizeBytes: 1 },
    ])
  })

  it('goes by the index where there is one, whatever paths stand in it', async () => {
    for (const name of ['b.000001', 'b.000002', 'b.000003', 'c.000001']) await put(name)
    await put('b.index', './b.000002\n/elsewhere/b.000003\n')
    expect(await names()).toEqual(['b.000002', 'b.000003'])
  })

  it('leaves a replica’s relay logs aside', async () => {
    for (const name of ['binlog.000001', 'db1-relay-bin.000007']) await put(name)
    await put('binlog.index', './binlog.000001\n')
    await put('db1-relay-bin.index', './db1-relay-bin.000007\n')
    expect(await names()).toEqual(['binlog.000001'])
    expect(await names({ baseName: 'db1-relay-bin' })).toEqual(['db1-relay-bin.000007'])
  })

  it('refuses several base names, unless one is chosen', async () => {
    for (const name of ['a.000001', 'b.000001']) await put(name)
    await expect(binlogFilesIn(dir)).rejects.toMatchObject({
      code: 'CONFIG',
      details: { bases: ['a', 'b'] },
    })
    expect(await names({ baseName: 'b' })).toEqual(['b.000001'])
  })

  it('passes over files the server has purged, but not over a hole', async () => {
    await put('b.index', './b.000001\n./b.000002\n./b.000003\n')
    await put('b.000002')
    await put('b.000003')
    expect(await names()).toEqual(['b.000002', 'b.000003'])
    await put('b.index', './b.000002\n./b.000003\n./b.000004\n')
    await expect(binlogFilesIn(dir)).rejects.toMatchObject({
      code: 'BINLOG_GAP',
      message: expect.stringContaining('b.000004 is missing'),
    })
  })

  it('finds nothing in an empty directory', async () => {
    expect(await binlogFilesIn(dir)).toEqual([])
  })

  it('says when the directory cannot be read', async () => {
    await expect(binlogFilesIn(join(dir, 'nowhere'))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('cannot read the binlog directory'),
    })
    await put('file')
    await chmod(join(dir, 'file'), 0o600)
    await expect(binlogFilesIn(join(dir, 'file'))).rejects.toMatchObject({ code: 'CONFIG' })
  })
})
