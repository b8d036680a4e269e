// Data that GreatSQL's clone has trouble with, and what a restored server shows of its clone.
import { cp, readFile, stat } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startEmulator } from '../../greatsql-emulator/emulator.ts'
import { MAGIC_LAST, readDelta } from '../../greatsql-emulator/formats/delta.ts'
import { applyIncrement } from './support/delta-applier.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

const rows = (count: number): string =>
  `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < ${count})
   SELECT n, REPEAT(SHA2(n, 256), 3) FROM r`

describeServer('awkward data', () => {
  const stage = useEmulator()
  const clone = (name: string, tail = ''): string =>
    `CLONE LOCAL DATA DIRECTORY = '${stage.path(name)}' ENABLE PAGE TRACK ${tail}`

  it('of ROW_FORMAT=COMPRESSED gets deltas that no reader understands', async () => {
    const { emulator, path } = stage
    await emulator.sql(`CREATE DATABASE t; CREATE TABLE t.zip (id INT PRIMARY KEY, s VARCHAR(300))
      ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8; CREATE TABLE t.\`l@0#g.\` (id INT PRIMARY KEY)`)
    await emulator.sql(clone('full'))
    await emulator.sql(`INSERT INTO t.zip ${rows(900)}`)
    await emulator.sql(clone('one', `INCREMENT BASED DIRECTORY '${path('full')}'`))
    const meta = await readFile(join(path('one'), 't/zip.ibd.meta'), 'utf8')
    expect(meta).toMatch(/^page_size = 8192\nzip_size = 8192\nspace_id = \d+\nspace_flags = \d+\n$/)
    const delta = await readFile(join(path('one'), 't/zip.ibd.delta'))
    // Written in innodb_page_size, to be read in the table's own (clone0apply.cc, arch0apply.cc).
    expect(delta.length % 16_384).toBe(0)
    expect(delta.readUInt32BE(0)).toBe(MAGIC_LAST)
    const read = readDelta(delta, 8192).map(({ image }) => image)
    expect(read.some((image) => image.subarray(0, 8192).every((byte) => byte === 0))).toBe(true)
    expect(existsSync(join(path('one'), 't/l@00400@0023g@002e.ibd.meta'))).toBe(true)
  })

  it('outside the data directory stops the clone in FILE COPY', async () => {
    const { emulator, path } = stage
    await emulator.restart({ options: [`innodb_directories=${path('elsewhere')}`] })
    await emulator.sql(
      `CREATE TABLE t.far (id INT PRIMARY KEY) DATA DIRECTORY = '${path('elsewhere')}'`,
    )
    expect(await failureOf(emulator, clone('far'))).toMatch(/^1086 HY000 File '.*' already exists$/)
    const stages = await emulator.sql('SELECT STATE FROM performance_schema.clone_progress')
    expect(stages.flat().slice(0, 3)).toEqual(['Completed', 'Failed', 'Not Started'])
    await emulator.sql('DROP TABLE t.far')
  })

  it('comes back as a server that shows the clone it was restored from', async () => {
    const { emulator, path } = stage
    await emulator.sql(`DROP TABLE t.zip; CREATE TABLE t.a (id INT PRIMARY KEY, s VARCHAR(300));
      INSERT INTO t.a ${rows(100)}`)
    await emulator.sql(clone('base'))
    await emulator.sql('INSERT INTO t.a VALUES (0, NULL)')
    await emulator.sql(clone('top', `INCREMENT BASED DIRECTORY '${path('base')}'`))
    await cp(path('base'), path('work'), { recursive: true })
    await applyIncrement(path('work'), path('top'))
    const [[log, position, executed] = []] = await emulator.sql(
      `SELECT JSON_EXTRACT(LOCAL, '$.binary_log_file'), JSON_EXTRACT(LOCAL, '$.binary_log_position'),
         JSON_EXTRACT(LOCAL, '$.gtid_executed') FROM performance_schema.log_status`,
    )
    await using restored = await startEmulator({
      dir: path('restored'),
      fromDatadir: path('work'),
    })
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(emulator))
    const [row = []] = await restored.sql(
      `SELECT ID, PID, STATE, SOURCE, DESTINATION, BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED,
         START_LSN, PAGE_TRACK_LSN, END_LSN FROM performance_schema.clone_status`,
    )
    const base = await readFile(join(path('base'), '#clone', '#view_status'), 'utf8')
    expect(row).toEqual([
      base.split('\n')[0]?.split(' ')[1],
      '0',
      'Completed',
      'LOCAL INSTANCE',
      'LOCAL INSTANCE',
      log?.replaceAll('"', ''),
      position,
      executed?.replaceAll('"', ''),
      '0',
      '0',
      '0',
    ])
    expect((await restored.sql('SELECT COUNT(*) FROM mysql.clone_history'))[0]).not.toEqual(['0'])
    // Its LSNs are a history of their own, and tracking is off.
    expect(await restored.sql('SELECT mysqlbackup_page_track_get_start_lsn()')).toEqual([['0']])
    await restored.sql(`CLONE LOCAL DATA DIRECTORY '${path('again')}'`)
    expect(await restored.sql('SELECT ID FROM performance_schema.clone_status')).toEqual([
      [row[0]],
      ['1'],
    ])
    expect((await stat(path('again'))).isDirectory()).toBe(true)
    expect(restored.heard.at(-2)).toBe(`CLONE LOCAL DATA DIRECTORY '${path('again')}'`)
  })
})
