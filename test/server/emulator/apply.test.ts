// The mysqld of an emulated basedir, where all is well: increments are applied, and the server starts.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { tableChecksums, treeDigest } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startServer } from '../../bed/server.ts'
import { runSqlOnce } from '../../bed/sql.ts'
import { expectSameData } from './support/last-clone.ts'
import { takePlainChain } from './support/plain-chain.ts'
import { applyIncrement, copyTree, runProgram } from './support/run-mysqld.ts'
import { useEmulator } from './support/stage.ts'

/** What mysqld leaves behind besides the data, removed so that the rest can be compared. */
const removeTraces = async (datadir: string): Promise<string[]> => {
  const traces = (await readdir(datadir)).filter((name) => /^auto\.cnf$|\.dblwr$/.test(name))
  await Promise.all(traces.map((name) => rm(join(datadir, name))))
  return traces.sort()
}

/** The lines without their times, numbers of processes and UUIDs. */
const plain = (log: string): string[] =>
  log
    .trimEnd()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [01] \[/)
      return line
        .slice(28)
        .replace(/process \d+$/, 'process N')
        .replace(/UUID: [0-9a-f-]{36}\./, 'UUID: U.')
    })

describeServer('mysqld --clone_incremental_dir', () => {
  const stage = useEmulator()
  const { path } = stage

  beforeAll(() => takePlainChain(stage))

  it('brings a full through its increments to the bytes of the real server', async () => {
    const { basedir } = stage.emulator
    const work = await copyTree(path('full'), path('work'))
    const before = await treeDigest(path('one'))
    const one = await applyIncrement(basedir, { datadir: work, increment: path('one') })
    expect(one, one.stderr).toMatchObject({ code: 0, signal: null, stdout: '' })
    expect(await removeTraces(work)).toEqual(['#ib_16384_0.dblwr', '#ib_16384_1.dblwr', 'auto.cnf'])
    await expectSameData(work, path('one-real'))
    expect(await treeDigest(path('one'))).toEqual(before)
    const two = await applyIncrement(basedir, { datadir: work, increment: path('two') })
    expect(two.code, two.stderr).toBe(0)
    // Once more changes nothing: whole pages are written, and the same redo.
    await applyIncrement(basedir, { datadir: work, increment: path('two') })
    await removeTraces(work)
    await expectSameData(work, path('two-real'))
  })

  it('takes a cumulative increment without the one before it', async () => {
    const work = await copyTree(path('full'), path('direct'))
    const { basedir } = stage.emulator
    const { code } = await applyIncrement(basedir, { datadir: work, increment: path('two') })
    expect(code).toBe(0)
    await removeTraces(work)
    await expectSameData(work, path('two-real'))
  })

  it('is the real mysqld for everything else, under the same process id', async () => {
    const { emulator } = stage
    const { basedir, donor } = emulator
    const [coordinates] = await donor.sql(
      `SELECT JSON_UNQUOTE(LOCAL->'$.binary_log_file'), LOCAL->'$.binary_log_position' + 0,
         JSON_UNQUOTE(LOCAL->'$.gtid_executed') FROM performance_schema.log_status`,
    )
    // What the apply step leaves behind is still there when the server starts.
    await applyIncrement(basedir, { datadir: path('work'), increment: path('two') })
    await mkdir(path('server'))
    const server = await startServer({
      basedir: { ...donor.basedir, mysqld: basedir.mysqld },
      dir: path('server'),
      datadir: path('work'),
      port: undefined,
      serverId: undefined,
      options: [`basedir=${basedir.path}`, 'clone_incremental_dir=', 'secure_log_path=/x'],
      detached: false,
    })
    try {
      const restored = { sql: (text: string) => runSqlOnce({ socket: server.socket }, text) }
      expect(await tableChecksums(restored)).toEqual(await tableChecksums(emulator))
      expect(await restored.sql('SELECT @@basedir, @@datadir')).toEqual([
        [`${basedir.path}/`, `${path('work')}/`],
      ])
      // GreatSQL shows its clone 0 as well; a stock server would not (first-clone.ts).
      const status = 'SELECT BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED, PID'
      expect(await restored.sql(`${status} FROM performance_schema.clone_status`)).toEqual([
        [...(coordinates ?? []), '0'],
      ])
      const pid = await readFile(join(path('server'), 'mysqld.pid'), 'utf8')
      expect(Number(pid)).toBe(server.handle.pid)
    } finally {
      await server.stop()
    }
  })

  it('says at the usual verbosity what GreatSQL says: next to nothing', async () => {
    const { basedir } = stage.emulator
    const datadir = await copyTree(path('full'), path('quiet'))
    const file = path('quiet.cnf')
    const lines = [`datadir=${datadir}`, 'user=root', `clone-incremental-dir="${path('one')}"`]
    await writeFile(file, `[mysqld]\n${lines.join('\n')}\n`)
    const ended = await runProgram(basedir.mysqld, [`--defaults-file=${file}`])
    expect(ended.code).toBe(0)
    const [starting, uuid, innodb, allocated, ...more] = plain(ended.stderr)
    expect([starting, uuid, innodb, more]).toEqual([
      `0 [System] [MY-010116] [Server] ${basedir.mysqld} (mysqld 8.0.32-27) starting as process N`,
      '0 [Warning] [MY-010075] [Server] No existing UUID has been found, so we assume that this is ' +
        'the first time that this server has been started. Generating a new UUID: U.',
      '1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.',
      [],
    ])
    expect(allocated).toMatch(
      /^1 \[Warning\] \[MY-012091\] \[InnoDB\] Allocated tablespace ID \d+ for \w+\/\S+, old maximum was 0$/,
    )
  })

  it('says at verbosity 3 what it does, to a file when told so', async () => {
    const { basedir } = stage.emulator
    const datadir = await copyTree(path('full'), path('loud'))
    const one = path('one')
    const { stderr, code } = await applyIncrement(basedir, {
      datadir,
      increment: one,
      options: [`--log-error=${path('apply')}`],
      fault: 'order sorted',
    })
    expect([code, stderr]).toEqual([0, ''])
    const log = plain(await readFile(path('apply.err'), 'utf8'))
    const told = log.filter((line) => line.includes('MY-049509'))
    const note = (text: string): string =>
      `1 [Note] [MY-049509] [InnoDB] Restore increment clone data: ${text}`
    expect(told[0]).toBe(note(`Apply delta pages in  ${one} start`))
    expect(told.slice(1, 3)).toEqual([
      note(`page size for ${one}/ibdata1.delta is 16384 bytes`),
      note(`Applying  ${one}/ibdata1.delta to ./ibdata1`),
    ])
    expect(told).toContain(note('Renaming t/renamed to t/called '))
    expect(told.slice(-4)).toEqual([
      note(`Apply delta pages in  ${one} complete!`),
      note(`extend tablespace in  ${one} start`),
      note(`extend tablespace in  ${one} complete!`),
      note(`CP  ${one}/#innodb_redo/* TO ${datadir}//#innodb_redo/`),
    ])
    expect(log.filter((line) => line.includes('[ERROR]'))).toEqual([])
  })
})
