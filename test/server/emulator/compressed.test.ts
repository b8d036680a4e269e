// Compressed fulls and increments: names, frames, and that they come to the same data.
import { execFileSync } from 'node:child_process'
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decompress } from '@mongodb-js/zstd'
import { decompressFrame } from 'lz4-napi'
import { expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { applyIncrement, filesOf } from './support/delta-applier.ts'
import { cutFrames } from './support/frames.ts'
import { cloneAndKeep, expectSameData } from './support/last-clone.ts'
import { useEmulator } from './support/stage.ts'

const suffix = /\.(?:zstd|lz4)(\d*)$/

const decodeFrame = (name: string, frame: Buffer): Promise<Buffer> =>
  name.includes('.zstd') ? decompress(frame) : decompressFrame(frame)

/** Frame by frame with the addons: neither takes a whole file. */
const decompressFile = async (path: string): Promise<number> => {
  const frames = cutFrames(await readFile(path))
  const parts = await Promise.all(frames.map((frame) => decodeFrame(path, frame)))
  await writeFile(path.replace(suffix, '$1'), Buffer.concat(parts))
  await rm(path)
  return frames.length
}

/** Decompresses a directory in place; returns how many frames each file had. */
const decompressAll = async (dir: string): Promise<Map<string, number>> => {
  const frames = new Map<string, number>()
  for (const path of (await filesOf(dir)).filter((name) => suffix.test(name))) {
    frames.set(path, await decompressFile(join(dir, path)))
  }
  return frames
}

const installed = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const rows = (from: number, count: number): string =>
  `WITH RECURSIVE r (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM r WHERE n < ${from + count - 1})
   SELECT n, REPEAT(SHA2(n, 256), 3) FROM r`

describeServer('compressed backups', () => {
  const stage = useEmulator()

  it.each([
    ['zstd', 'CLONE_FILE_COMPRESS_ZSTD'],
    ['lz4', 'CLONE_FILE_COMPRESS_LZ4'],
  ])('with %s come to the bytes of the real server', async (codec, mode) => {
    const { emulator, path } = stage
    const at = (name: string): string => path(`${codec}-${name}`)
    await emulator.sql(`SET GLOBAL clone_file_compress = ${mode}, cte_max_recursion_depth = 100000;
      DROP DATABASE IF EXISTS t; CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, s VARCHAR(300));
      SET cte_max_recursion_depth = 100000; INSERT INTO t.a ${rows(1, 5000)};
      CREATE TABLE t.gone LIKE t.a; FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    // While the files are being copied, data changes: these pages are in the full's deltas only.
    emulator.tuning.onStage = async (name) => {
      if (name === 'PAGE COPY') {
        await emulator.donor.sql(`UPDATE t.a SET s = 'new' WHERE id % 100 = 0;
          CREATE TABLE IF NOT EXISTS t.between_stages (id INT PRIMARY KEY); DROP TABLE IF EXISTS t.gone;
          FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
      }
    }
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY '${at('full')}' ENABLE PAGE TRACK`,
      at('full-real'),
    )
    emulator.tuning.onStage = undefined
    await emulator.sql(`INSERT INTO t.a ${rows(5001, 500)}`)
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY '${at('one')}' ENABLE PAGE TRACK ` +
        `INCREMENT BASED DIRECTORY '${at('full')}'`,
      at('one-real'),
    )

    const files = await filesOf(at('full'))
    const top = files.filter((file) => !file.includes('/'))
    expect(top).toEqual(
      [
        'ib_buffer_pool',
        'ibdata1.delta',
        'ibdata1',
        'mysql.ibd.delta',
        'mysql.ibd',
        'undo_001.delta',
        'undo_001',
        'undo_002.delta',
        'undo_002',
      ]
        .map((name) => `${name}.${codec}`)
        .concat(['ibdata1.meta', 'mysql.ibd.meta', 'undo_001.meta', 'undo_002.meta'])
        .sort(),
    )
    expect(files).toContain(`#innodb_redo/#ib_redo0.${codec}`)
    expect(files.filter((file) => file.startsWith('#clone/'))).toHaveLength(5)
    // Dropped between FILE COPY and PAGE COPY: prepare removes it.
    expect(files).toContain(`t/gone.ibd.${codec}`)
    expect(files).not.toContain('t/gone.ibd.meta')
    expect(files).toContain('t/between_stages.ibd.meta')
    expect((await stat(join(at('full'), `sys/sys_config.ibd.delta.${codec}`))).size).toBe(0)
    expect((await stat(join(at('full'), `t/a.ibd.delta.${codec}`))).size).toBeGreaterThan(0)

    const work = at('work')
    await cp(at('full'), work, { recursive: true })
    await cp(at('one'), at('one-work'), { recursive: true })
    const frames = await decompressAll(work)
    expect(frames.get(`mysql.ibd.${codec}`)).toBeGreaterThan(10)
    expect(frames.get(`sys/sys_config.ibd.delta.${codec}`)).toBe(0)
    await decompressAll(at('one-work'))
    expect((await readdir(at('one-work'))).filter((name) => suffix.test(name))).toEqual([])
    await applyIncrement(work, work)
    await expectSameData(work, at('full-real'))
    await applyIncrement(work, at('one-work'))
    await expectSameData(work, at('one-real'))
  })

  it.each(['zstd', 'lz4'])('with %s are read by the program', async (codec) => {
    if (!installed(codec)) return
    const { path } = stage
    for (const [name, real] of [
      [`mysql.ibd.${codec}`, undefined],
      [`#innodb_redo/#ib_redo0.${codec}`, '#innodb_redo/#ib_redo0'],
    ] as const) {
      const bytes = execFileSync(codec, ['-d', '-c', join(path(`${codec}-full`), name)], {
        maxBuffer: 1 << 28,
      })
      if (real === undefined) expect(bytes.length % 16_384).toBe(0)
      else expect(bytes.equals(await readFile(join(path(`${codec}-full-real`), real)))).toBe(true)
    }
  })

  it('number the deltas of several tasks at the very end of the name', async () => {
    const { emulator, path } = stage
    await emulator.sql(`SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_ZSTD;
      UPDATE t.a SET s = 'numbered'`)
    emulator.tuning.deltaTasks = 3
    try {
      await cloneAndKeep(
        emulator,
        `CLONE LOCAL DATA DIRECTORY '${path('many')}' ENABLE PAGE TRACK ` +
          `INCREMENT BASED DIRECTORY '${path('lz4-one')}'`,
        path('many-real'),
      )
    } finally {
      emulator.tuning.deltaTasks = 1
    }
    const names = await readdir(join(path('many'), 't'))
    expect(names.sort()).toEqual(
      expect.arrayContaining([
        'a.ibd.delta.zstd',
        'a.ibd.delta.zstd1',
        'a.ibd.delta.zstd2',
        'a.ibd.meta',
      ]),
    )
    await decompressAll(path('many'))
    const work = path('lz4-work')
    await applyIncrement(work, path('many'))
    await expectSameData(work, path('many-real'))
  })

  it('take chunks that LZ4 frames can hold only', async () => {
    const { emulator, path } = stage
    await emulator.sql(`SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_LZ4,
      GLOBAL clone_file_compress_chunk_size = 8388608`)
    const clone = emulator.sql(`CLONE LOCAL DATA DIRECTORY '${path('chunky')}'`)
    await expect(clone).rejects.toMatchObject({ errno: 1026 })
    await emulator.sql(`SET GLOBAL clone_file_compress = DEFAULT,
      GLOBAL clone_file_compress_chunk_size = DEFAULT`)
  })
})
