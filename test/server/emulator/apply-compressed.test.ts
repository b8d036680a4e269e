// Compressed backups with the programs of an emulated basedir: decompressed, prepared, applied.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { lz4Frame } from '../../greatsql-emulator/formats/lz4-frame.ts'
import { zstdFrame } from '../../greatsql-emulator/formats/zstd-frame.ts'
import { filesOf } from './support/delta-applier.ts'
import { cloneAndKeep, expectSameData } from './support/last-clone.ts'
import { manyRows, rows } from './support/plain-chain.ts'
import { applyIncrement, copyTree, runProgram, startApply } from './support/run-mysqld.ts'
import { useEmulator } from './support/stage.ts'

const run = promisify(execFile)
const suffix = /\.(zstd|lz4)(\d*)$/

const removeTraces = async (datadir: string): Promise<void> => {
  const traces = (await readdir(datadir)).filter((name) => /^auto\.cnf$|\.dblwr$/.test(name))
  await Promise.all(traces.map((name) => rm(join(datadir, name))))
}

describeServer('compressed backups and the programs of GreatSQL', () => {
  const stage = useEmulator()
  const { path } = stage

  /** Decompresses a directory in place, with the program of each file's codec. */
  const decompressAll = async (dir: string): Promise<void> => {
    for (const name of (await filesOf(dir)).filter((file) => suffix.test(file))) {
      const file = join(dir, name)
      const program = join(
        stage.emulator.basedir.path,
        'bin',
        `${suffix.exec(name)?.[1]}_decompress`,
      )
      await run(program, [file, file.replace(suffix, '$2')])
      await rm(file)
    }
  }

  it.each([
    ['zstd', 'CLONE_FILE_COMPRESS_ZSTD', 1],
    ['lz4', 'CLONE_FILE_COMPRESS_LZ4', 3],
  ] as const)('come with %s to the bytes of the real server', async (codec, mode, tasks) => {
    const { emulator } = stage
    const { basedir, tuning } = emulator
    const at = (name: string): string => path(`${codec}-${name}`)
    await emulator.sql(`SET GLOBAL clone_file_compress = ${mode}; ${manyRows}
      DROP DATABASE IF EXISTS t; CREATE DATABASE t;
      CREATE TABLE t.a (id INT PRIMARY KEY, s VARCHAR(300)); INSERT INTO t.a ${rows(4000)};
      CREATE TABLE t.gone LIKE t.a; FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    tuning.onStage = async (name) => {
      if (name !== 'PAGE COPY') return
      await emulator.donor.sql(`UPDATE t.a SET s = 'new' WHERE id % 100 = 0;
        CREATE TABLE t.between_stages (id INT PRIMARY KEY); DROP TABLE t.gone;
        FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    }
    const clone = `CLONE LOCAL DATA DIRECTORY = '${at('full')}' ENABLE PAGE TRACK`
    await cloneAndKeep(emulator, clone, at('full-real'))
    tuning.onStage = undefined
    await emulator.sql(`UPDATE t.a SET s = 'newer' WHERE id % 3 = 0; CREATE TABLE t.b LIKE t.a;
      FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    tuning.deltaTasks = tasks
    const next = `CLONE LOCAL DATA DIRECTORY = '${at('one')}' ENABLE PAGE TRACK
      INCREMENT BASED DIRECTORY = '${at('full')}'`
    await cloneAndKeep(emulator, next, at('one-real'))
    tuning.deltaTasks = 1

    const work = await copyTree(at('full'), at('work'))
    const one = await copyTree(at('one'), at('one-work'))
    await Promise.all([decompressAll(work), decompressAll(one)])
    if (tasks > 1) expect(await readdir(join(one, 't'))).toContain('a.ibd.delta2')
    const prepared = await applyIncrement(basedir, { datadir: work, increment: `${work}/` })
    expect(prepared.code, prepared.stderr).toBe(0)
    expect(prepared.stderr).not.toContain('CP ')
    await removeTraces(work)
    // The deltas and their .meta are gone, and so is the table that had none.
    await expectSameData(work, at('full-real'))
    const applied = await applyIncrement(basedir, { datadir: work, increment: one })
    expect(applied.code, applied.stderr).toBe(0)
    await removeTraces(work)
    await expectSameData(work, at('one-real'))
  })

  it('lose the second numbered delta of a full, with exit code 0', async () => {
    const { emulator } = stage
    const { basedir, tuning } = emulator
    await emulator.sql('SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_ZSTD')
    tuning.fullDeltaTasks = 2
    tuning.onStage = async (name) => {
      if (name !== 'PAGE COPY') return
      await emulator.donor.sql(`UPDATE t.a SET s = 'third'; FLUSH TABLES t.a FOR EXPORT;
        UNLOCK TABLES`)
    }
    const many = path('numbered')
    await emulator.sql(`CLONE LOCAL DATA DIRECTORY = '${many}' ENABLE PAGE TRACK`)
    tuning.fullDeltaTasks = 1
    tuning.onStage = undefined
    expect(await readdir(join(many, 't'))).toContain('a.ibd.delta.zstd1')
    await decompressAll(many)
    const request = { datadir: many, increment: many, fault: 'order sorted' }
    const { code, stderr } = await applyIncrement(basedir, request)
    expect(code).toBe(0)
    expect(stderr).toContain(
      `invalid value of page_size ( -1 bytes) read from ${many}/t/a.ibd.meta\n`,
    )
    const left = (await readdir(join(many, 't'))).filter((name) => name.startsWith('a.'))
    expect(left.sort()).toEqual(['a.ibd', 'a.ibd.delta1'])
    await emulator.sql('SET GLOBAL clone_file_compress = DEFAULT')
  })

  it('are refused by zstd_decompress when they are damaged', async () => {
    const { zstdDecompress } = stage.emulator.basedir
    const [input, output] = [path('in.zstd'), path('out')]
    const frames = [Buffer.alloc(3000, 'a'), randomBytes(200_000)]
    const whole = Buffer.concat(await Promise.all(frames.map(zstdFrame)))
    await writeFile(input, whole)
    expect(await runProgram(zstdDecompress, [input, output])).toMatchObject({
      code: 0,
      stdout: `decompress file: ${input} \n`,
      stderr: '',
    })
    expect((await readFile(output)).equals(Buffer.concat(frames))).toBe(true)

    await truncate(input, whole.length - 10)
    const cut = await runProgram(zstdDecompress, [input, output])
    expect([cut.code, cut.stderr]).toEqual([
      1,
      expect.stringMatching(/^EOF before end of stream: /),
    ])
    expect((await stat(output)).size).toBe(3000)

    await writeFile(input, Buffer.concat([whole, Buffer.from('no frame')]))
    const wrong = await runProgram(zstdDecompress, [input, output])
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/CHECK\(!ZSTD_isError\(err\)\) failed: Unknown frame descriptor\n$/),
    ])
    await writeFile(input, '')
    expect((await runProgram(zstdDecompress, [input, output])).code).toBe(0)
    expect((await stat(output)).size).toBe(0)
    expect(await runProgram(zstdDecompress, [path('missing'), output])).toMatchObject({
      code: 1,
      stderr: 'zstd_decompress: [Error] Cannot open input file for reading.\n',
    })
    expect((await runProgram(zstdDecompress, [input])).code).toBe(1)
  })

  it('are cut short by lz4_decompress without a word', async () => {
    const { lz4Decompress } = stage.emulator.basedir
    const [input, output] = [path('in.lz4'), path('out')]
    const decompress = async (bytes: Buffer): Promise<[number | null, string, number]> => {
      await writeFile(input, bytes)
      const { code, stderr } = await runProgram(lz4Decompress, [input, output])
      return [code, stderr, (await stat(output)).size]
    }
    const noise = randomBytes(130_000)
    const frame = await lz4Frame(noise, 65_536)
    const two = Buffer.concat([frame, frame])
    expect(await decompress(two)).toEqual([0, '', 260_000])
    expect((await readFile(output)).equals(Buffer.concat([noise, noise]))).toBe(true)
    expect(await decompress(two.subarray(0, two.length - 10_000))).toEqual([0, '', 195_536])
    expect(await decompress(Buffer.concat([frame, Buffer.from('noframe')]))).toEqual([
      1,
      'lz4_decompress: [Error] Encountered problem during decompression.\n',
      130_000,
    ])
    // The end of the first frame is in the next MiB of input: what follows there is dropped.
    const stored = 15 + 4 * 16
    const edge = await lz4Frame(randomBytes((1 << 20) - stored - 2), 65_536)
    expect(edge.length).toBeGreaterThan(1 << 20)
    expect(await decompress(Buffer.concat([edge, frame]))).toEqual([0, '', (1 << 20) - stored - 2])
  })

  it('can be applied by a mysqld that does not end', async () => {
    const { basedir } = stage.emulator
    const full = path('endless')
    await stage.emulator.sql(`CLONE LOCAL DATA DIRECTORY = '${full}'`)
    const request = { datadir: full, increment: full, fault: 'keep-running' }
    const { ended, signal } = startApply(basedir, request)
    const stillRuns = (ms: number): Promise<boolean> =>
      Promise.race([ended.then(() => false), sleep(ms, true)])
    expect(await stillRuns(1500)).toBe(true)
    signal('SIGTERM')
    expect(await stillRuns(300)).toBe(true)
    signal('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
  })
})
