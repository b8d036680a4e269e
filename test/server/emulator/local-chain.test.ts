// A full and increments of the server itself: what is in them, and that they fit on each other.
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startInstance } from '../../bed/instance.ts'
import { startWriters } from '../../bed/load.ts'
import { readDelta } from '../../greatsql-emulator/formats/delta.ts'
import {
  formatStockViewStatus,
  parseViewStatus,
} from '../../greatsql-emulator/formats/view-status.ts'
import { applyIncrement, filesOf } from './support/delta-applier.ts'
import { cloneAndKeep, expectSameData } from './support/last-clone.ts'
import { useEmulator } from './support/stage.ts'

const rows = (count: number, from = 1): string =>
  `WITH RECURSIVE r (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM r WHERE n < ${from + count - 1})
   SELECT n, REPEAT(SHA2(n, 256), 4) FROM r`

const text = (...parts: string[]): Promise<string> => readFile(join(...parts), 'utf8')
const sizeOf = async (...parts: string[]): Promise<number> => (await stat(join(...parts))).size

describeServer('a chain of local clones', () => {
  const stage = useEmulator()

  it('applies increment on increment to the bytes of the real server', async () => {
    const { emulator, path } = stage
    const [full, one, two] = [path('full'), path('one'), path('two')]
    await emulator.sql(`SET cte_max_recursion_depth = 100000; CREATE DATABASE t;
      CREATE TABLE t.kept (id INT PRIMARY KEY, s VARCHAR(300));
      CREATE TABLE t.still (id INT PRIMARY KEY, s VARCHAR(300));
      CREATE TABLE t.dropped LIKE t.kept; CREATE TABLE t.renamed LIKE t.kept;
      CREATE TABLE t.rebuilt LIKE t.kept; CREATE TABLE t.parts (id INT PRIMARY KEY, s VARCHAR(300))
        PARTITION BY KEY (id) PARTITIONS 2;
      INSERT INTO t.kept ${rows(20_000)}; INSERT INTO t.still ${rows(500)};
      INSERT INTO t.renamed ${rows(2000)}; INSERT INTO t.rebuilt ${rows(2000)};
      INSERT INTO t.parts ${rows(500)}`)
    // Pages that wait to be flushed are in the redo, and in the next increment.
    await emulator.donor.sql('SELECT innodb_redo_log_sharp_checkpoint()')
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY = '${full}' ENABLE PAGE TRACK`,
      path('full-real'),
    )
    await expectSameData(full, path('full-real'))
    const history = await emulator.sql('SELECT PAGE_TRACK_LSN FROM mysql.clone_history')
    const [[trackLsn = ''] = []] = history

    await emulator.sql(`DROP TABLE t.dropped; RENAME TABLE t.renamed TO t.called;
      UPDATE t.kept SET s = 'changed' WHERE id < 100; ALTER TABLE t.rebuilt ENGINE = InnoDB;
      CREATE TABLE t.fresh LIKE t.kept; INSERT INTO t.fresh ${rows(100)}`)
    await emulator.donor.sql('SELECT innodb_redo_log_sharp_checkpoint()')
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY = '${one}' ENABLE PAGE TRACK START_LSN = ${trackLsn}`,
      path('one-real'),
    )
    await emulator.sql(`TRUNCATE TABLE t.called; DELETE FROM t.kept WHERE id > 19000;
      CREATE DATABASE later; CREATE TABLE later.a (id INT PRIMARY KEY)`)
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY = '${two}' ENABLE PAGE TRACK INCREMENT BASED DIRECTORY = '${one}'`,
      path('two-real'),
    )

    const work = path('work')
    await cp(full, work, { recursive: true })
    await applyIncrement(work, one)
    await expectSameData(work, path('one-real'))
    await applyIncrement(work, two)
    await expectSameData(work, path('two-real'))

    // The second one began at the same reset point, so it fits on the full as well.
    const direct = path('direct')
    await cp(full, direct, { recursive: true })
    await applyIncrement(direct, two)
    await expectSameData(direct, path('two-real'))

    const view = join(work, '#clone', '#view_status')
    await writeFile(view, formatStockViewStatus(parseViewStatus(await text(view))))
    await using restored = await startInstance({ dir: path('restored'), fromDatadir: work })
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(emulator))
  })

  it('gives every living tablespace a delta and a meta, empty where nothing changed', async () => {
    const { path } = stage
    const files = await filesOf(path('one'))
    const real = (await filesOf(path('one-real'))).filter((file) =>
      /(?:\.ibd|^ibdata1|^undo_\d+)$/.test(file),
    )
    const wanted = real.flatMap((file) => [`${file}.delta`, `${file}.meta`])
    expect(files.filter((file) => !file.startsWith('#'))).toEqual(wanted.sort())
    expect(await sizeOf(path('one'), 'sys/sys_config.ibd.delta')).toBe(0)
    expect(await sizeOf(path('one'), 't/still.ibd.delta')).toBe(0)
    const delta = await readFile(join(path('one'), 't/kept.ibd.delta'))
    const pages = readDelta(delta, 16_384)
    expect(delta).toHaveLength((pages.length + 1) * 16_384)
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.length).toBeLessThan(40)
    expect(await text(path('one'), 'undo_001.meta')).toMatch(
      /^page_size = 16384\nzip_size = 0\nspace_id = 42949\d+\nspace_flags = 0\n$/,
    )
    expect(await text(path('one'), 't/kept.ibd.meta')).toMatch(
      /^page_size = 16384\nzip_size = 0\nspace_id = \d+\nspace_flags = 16417\n$/,
    )
    expect((await readdir(path('one'))).sort()).toEqual(
      expect.arrayContaining(['#clone', '#innodb_redo', 'mysql', 'sys', 't']),
    )
    expect(files).not.toContain('ib_buffer_pool')
    expect(files).not.toContain('t/dropped.ibd.delta')
    expect(files).toContain('t/called.ibd.delta')
  })

  it('writes one row of history for each, with LSNs that fit together', async () => {
    const { emulator, path } = stage
    const table = await emulator.sql(
      `SELECT ID, CLONE_TYPE, STATE, SOURCE, DESTINATION, ERROR_NO, ERROR_MESSAGE, BINLOG_FILE,
         BINLOG_POSITION, GTID_EXECUTED, BEGIN_TIME <= END_TIME, START_LSN, PAGE_TRACK_LSN, END_LSN,
         PID > 0 FROM mysql.clone_history ORDER BY ID`,
    )
    const [full = [], one = [], two = []] = table
    expect(table).toHaveLength(3)
    const quiet = ['0', '', '', '0', '', '1']
    expect(full.slice(0, 11)).toEqual([
      '1',
      'full clone',
      'Completed',
      'LOCAL INSTANCE',
      `${path('full')}/`,
      ...quiet,
    ])
    expect(one.slice(1, 3)).toEqual(['increment clone', 'Completed'])
    expect(two.slice(1, 3)).toEqual(['increment clone', 'Completed'])
    const [fullLsns, oneLsns, twoLsns] = [full, one, two].map((row) =>
      row.slice(11, 14).map(BigInt),
    )
    const [, track = 0n, end = 0n] = fullLsns ?? []
    expect(fullLsns?.[0]).toBe(0n)
    // Little was tracked since, so both attach to the full's reset point.
    expect(oneLsns?.slice(0, 2)).toEqual([track, track])
    expect(twoLsns?.slice(0, 2)).toEqual([track, track])
    expect(track <= end && end < (oneLsns?.[2] ?? 0n)).toBe(true)
    expect((oneLsns?.[2] ?? 0n) < (twoLsns?.[2] ?? 0n)).toBe(true)
  })

  it('keeps the history out of the binlog and a backup’s own row out of the backup', async () => {
    const { emulator, path } = stage
    const [[executed] = []] = await emulator.sql('SELECT @@gtid_executed')
    await emulator.sql(`CLONE LOCAL DATA DIRECTORY = '${path('quiet')}'`)
    expect(await emulator.sql('SELECT @@gtid_executed')).toEqual([[executed]])
    const [[lastTrack] = []] = await emulator.sql(
      'SELECT PAGE_TRACK_LSN FROM mysql.clone_history ORDER BY ID DESC LIMIT 1',
    )
    expect(lastTrack).toBe('0')
    const bytes = await readFile(join(path('quiet'), 'mysql', 'clone_history.ibd'))
    expect(bytes.includes(`${path('two')}/`)).toBe(true)
    expect(bytes.includes(`${path('quiet')}/`)).toBe(false)
  })

  it('leaves in #clone exactly these files, with GreatSQL’s texts', async () => {
    const { emulator, path } = stage
    const clone = join(path('two'), '#clone')
    expect((await readdir(clone)).sort()).toEqual([
      '#clone_checkpoints',
      '#replace_files',
      '#status_fix',
      '#view_progress',
      '#view_status',
    ])
    const [row = []] = await emulator.sql(
      `SELECT START_LSN, PAGE_TRACK_LSN, END_LSN FROM mysql.clone_history
       WHERE DESTINATION = '${path('two')}/'`,
    )
    expect(await text(clone, '#clone_checkpoints')).toBe(
      `start_lsn = ${row[0]}\npage_track_lsn = ${row[1]}\nend_lsn = ${row[2]}\n`,
    )
    expect(await text(clone, '#view_status')).toMatch(
      new RegExp(`^2 2\\n\\d{16} \\d{16}\\nLOCAL INSTANCE\\n0\\n\\n${row.join(' ')}\\n\\n0\\n\\n$`),
    )
    expect(await text(clone, '#view_progress')).toMatch(
      /^2\n(?:[0-3] \d+ \d+ \d+ \d+ \d+ \d+\n){7}$/,
    )
    expect((await stat(join(clone, '#clone_checkpoints'))).mode & 0o777).toBe(0o640)
    expect((await stat(path('two'))).mode & 0o777).toBe(0o750)
  })

  it('shows clone_status and clone_progress with the LSNs, and any query on them', async () => {
    const { emulator, path } = stage
    const status = await emulator.sql(
      `SELECT s.ID, s.STATE, h.CLONE_TYPE, s.END_LSN = h.END_LSN, ABS(TIMESTAMPDIFF(MICROSECOND, s.BEGIN_TIME, h.BEGIN_TIME)) < 2000
       FROM performance_schema.clone_status AS s JOIN mysql.clone_history AS h
         ON h.DESTINATION = s.DESTINATION WHERE s.ID < 3 ORDER BY s.ID`,
    )
    expect(status).toEqual([
      ['0', 'Completed', 'full clone', '1', '1'],
      ['1', 'Completed', 'increment clone', '1', '1'],
      ['2', 'Completed', 'increment clone', '1', '1'],
    ])
    const stages = await emulator.sql(
      `SELECT ID, STAGE, STATE, performance_schema.clone_progress.DATA
       FROM performance_schema.clone_progress WHERE ID < 3`,
    )
    const statesOf = (id: string) => stages.filter((row) => row[0] === id).map((row) => row[2])
    const all = ['Completed', 'Completed', 'Completed', 'Completed', 'Completed']
    const never = ['Not Started', 'Not Started']
    expect(statesOf('0')).toEqual([...all, ...never])
    // START_LSN skips FILE COPY; LOCAL with a base directory shifts the stages (clone_local.cc).
    expect(statesOf('1')).toEqual([...all, ...never])
    expect(statesOf('2')).toEqual([...all.slice(1), 'Not Started', ...never])
    expect(stages.find((row) => row[0] === '1' && row[1] === 'FILE COPY')?.[3]).toBe('2')
    const count = await emulator.sql(
      `USE performance_schema; SELECT COUNT(*) FROM clone_status
       WHERE DESTINATION LIKE '${path('')}%' GROUP BY STATE`,
    )
    expect(count).toEqual([['4']])
  })
})

describeServer('a chain taken while clients write', () => {
  const stage = useEmulator()

  it.each(['server', 'never'] as const)(
    'comes to the bytes of the real server when resets attach: %s',
    async (attach) => {
      const { emulator } = stage
      const path = (name: string): string => stage.path(`${attach}-${name}`)
      emulator.tuning.attach = attach
      await using writers = await startWriters(emulator.donor, 2)
      await cloneAndKeep(
        emulator,
        `CLONE LOCAL DATA DIRECTORY = '${path('0')}' ENABLE PAGE TRACK`,
        path('real-0'),
      )
      await cp(path('0'), path('work'), { recursive: true })
      await expectSameData(path('work'), path('real-0'))
      for (const [number, base] of [
        ['1', '0'],
        ['2', '1'],
      ] as const) {
        await cloneAndKeep(
          emulator,
          `CLONE LOCAL DATA DIRECTORY = '${path(number)}' ENABLE PAGE TRACK
           INCREMENT BASED DIRECTORY = '${path(base)}'`,
          path(`real-${number}`),
        )
        await applyIncrement(path('work'), path(number))
        await expectSameData(path('work'), path(`real-${number}`))
      }
      expect(await writers.stop()).toBeGreaterThan(0)
      const [[starts] = []] = await emulator.sql(
        `SELECT COUNT(DISTINCT PAGE_TRACK_LSN) FROM mysql.clone_history
         WHERE DESTINATION LIKE '%/${attach}-%'`,
      )
      if (attach === 'never') expect(starts).toBe('3')
    },
  )
})
