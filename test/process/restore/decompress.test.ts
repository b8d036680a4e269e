import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { compress } from '@mongodb-js/zstd'
import { compressFrame } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { decompress } from '../../../src/restore/decompress.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const stage = (...parts: readonly string[]): string => scratch('stage', ...parts)
const at = (path: string): string => stage(...path.split('/'))

const findTool = async (name: string): Promise<string> => {
  throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
}

const run = (directory = stage()) =>
  decompress(
    { reporter: recordingReporter(), signal: new AbortController().signal, findTool },
    { directory, parallel: 2 },
  )

const put = (path: string, bytes: string | Buffer): void => {
  mkdirSync(join(at(path), '..'), { recursive: true })
  writeFileSync(at(path), bytes, { mode: 0o640 })
}

/** The names of a compressed full as the manual lists them, some of them empty, and lz4 among them. */
const makeFull = async (): Promise<void> => {
  const text = (name: string): Buffer => Buffer.from(name.repeat(100))
  put('ibdata1.zstd', Buffer.concat([await compress(text('one')), await compress(text('two'))]))
  put('ibdata1.delta.zstd', '')
  put('ibdata1.meta', 'page_size = 16384\n')
  put('t/a.ibd.delta.zstd3', await compress(text('part')))
  put(
    't/b.ibd.lz4',
    Buffer.concat([await compressFrame(text('x')), await compressFrame(text('y'))]),
  )
  put('#innodb_redo/#ib_redo0.zstd', await compress(text('redo')))
  put('#clone/#view_status', '2 1\n')
  put('#clone/strange.zstd', 'no codec at all')
}

const plain = {
  ibdata1: `${'one'.repeat(100)}${'two'.repeat(100)}`,
  'ibdata1.delta': '',
  't/a.ibd.delta3': 'part'.repeat(100),
  't/b.ibd': `${'x'.repeat(100)}${'y'.repeat(100)}`,
  '#innodb_redo/#ib_redo0': 'redo'.repeat(100),
}

const requireAllPlain = (): void => {
  for (const [path, text] of Object.entries(plain)) {
    expect(readFileSync(at(path), 'utf8'), path).toBe(text)
  }
  const names = readdirSync(stage(), { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => /zstd|lz4|tmp/.test(name))).toEqual(['#clone/strange.zstd'])
}

describe('decompressing in place', () => {
  it('P-37: turns every file into what it holds, empty and numbered ones too', async () => {
    await makeFull()
    chmodSync(at('ibdata1.zstd'), 0o600)
    const { files, directory } = await run()
    requireAllPlain()
    expect(directory).toBe(stage())
    expect(files.map(({ from, to, codec, bytes }) => [from, to, codec, bytes])).toEqual([
      ['#innodb_redo/#ib_redo0.zstd', '#innodb_redo/#ib_redo0', 'zstd', 400],
      ['ibdata1.delta.zstd', 'ibdata1.delta', 'zstd', 0],
      ['ibdata1.zstd', 'ibdata1', 'zstd', 600],
      ['t/a.ibd.delta.zstd3', 't/a.ibd.delta3', 'zstd', 400],
      ['t/b.ibd.lz4', 't/b.ibd', 'lz4', 200],
    ])
    expect(statSync(at('ibdata1')).mode & 0o777).toBe(0o600)
    expect(statSync(at('t/b.ibd')).mode & 0o777).toBe(0o640)
    expect(readFileSync(at('ibdata1.meta'), 'utf8')).toBe('page_size = 16384\n')
    expect((await run()).files).toEqual([])
  })

  it.skipIf(process.getuid?.() !== 0)('P-38: keeps the owner of every file', async () => {
    await makeFull()
    chownSync(at('t/b.ibd.lz4'), 4711, 4712)
    await run()
    expect(statSync(at('t/b.ibd'))).toMatchObject({ uid: 4711, gid: 4712 })
  })

  it('P-39: keeps every source when one is damaged', async () => {
    await makeFull()
    const bytes = readFileSync(at('t/b.ibd.lz4'))
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(at('t/b.ibd.lz4'), bytes)
    const error = await failureOf(run())
    expect(error).toMatchObject({ code: 'INTEGRITY' })
    expect(error.message).toContain('t/b.ibd.lz4')
    for (const path of ['ibdata1.zstd', 't/b.ibd.lz4', 't/a.ibd.delta.zstd3'])
      expect(existsSync(at(path)), path).toBe(true)
  })

  it('comes to the same end after it was killed anywhere', async () => {
    await makeFull()
    // Made, the source not yet removed; made, the source removed; half made.
    put('t/b.ibd', plain['t/b.ibd'])
    put('#innodb_redo/#ib_redo0', plain['#innodb_redo/#ib_redo0'])
    renameSync(at('#innodb_redo/#ib_redo0.zstd'), scratch('removed'))
    put('ibdata1.01234567-89ab-cdef-0123-456789abcdef.tmp', 'half of it')
    await run()
    requireAllPlain()
  })

  it('does not replace a file that holds something else', async () => {
    await makeFull()
    put('t/b.ibd', 'somebody put this here')
    expect(await failureOf(run())).toMatchObject({ code: 'PATH_NOT_EMPTY' })
    expect(readFileSync(at('t/b.ibd'), 'utf8')).toBe('somebody put this here')
    expect(existsSync(at('t/b.ibd.lz4'))).toBe(true)
    expect(readdirSync(at('t')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it.each([
    [
      'a backup of a repository',
      'PATH_FORBIDDEN',
      () => writeFileSync(scratch('manifest.json'), '{}'),
    ],
    [
      'something in a repository',
      'PATH_FORBIDDEN',
      () => writeFileSync(scratch('repository.json'), '{}'),
    ],
    ['a data directory that was started', 'PATH_FORBIDDEN', () => put('auto.cnf', '')],
    ['one with temporary tablespaces', 'PATH_FORBIDDEN', () => mkdirSync(stage('#innodb_temp'))],
    ['an unfinished clone', 'INTEGRITY', () => put('#clone/#status_in_progress', '')],
    ['an encrypted backup without its key', 'CONFIG', () => put('t/c.ibd.xbcrypt', 'x')],
    ['what clonectl encrypted', 'INTEGRITY', () => put('t/c.ibd.clonecrypt', 'x')],
    ['two files of one name', 'INTEGRITY', () => put('t/b.ibd.zstd', '')],
  ])('refuses %s', async (_, code, make) => {
    await makeFull()
    make()
    expect(await failureOf(run())).toMatchObject({ code })
    expect(existsSync(at('ibdata1.zstd'))).toBe(true)
  })

  it('follows a link before it judges', async () => {
    await makeFull()
    writeFileSync(scratch('manifest.json'), '{}')
    mkdirSync(scratch('elsewhere'))
    symlinkSync(stage(), scratch('elsewhere', 'link'))
    expect(await failureOf(run(scratch('elsewhere', 'link')))).toMatchObject({
      code: 'PATH_FORBIDDEN',
    })
  })

  it('wants a directory', async () => {
    expect(await failureOf(run(scratch('nothing')))).toMatchObject({ code: 'USAGE' })
  })
})
