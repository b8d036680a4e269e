// CLONE INSTANCE: one emulator is the recipient, another (or itself) the donor.
import { existsSync } from 'node:fs'
import { cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { freePort } from '../../bed/free-port.ts'
import { startInstance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'
import { startEmulator, type Emulator } from '../../greatsql-emulator/emulator.ts'
import { applyIncrement } from './support/delta-applier.ts'
import { failureOf } from './support/sql-failure.ts'

describeServer('CLONE INSTANCE', () => {
  let scratch: ScratchDirectory
  let donor: Emulator
  let recipient: Emulator
  const path = (name: string): string => join(scratch.path, name)
  const clone = (name: string, tail = '', account = 'donor'): string =>
    `CLONE INSTANCE FROM '${account}'@'127.0.0.1':${donor.port} IDENTIFIED BY 'pw' ` +
    `DATA DIRECTORY = '${path(name)}' ${tail}`

  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    donor = await startEmulator({ dir: path('donor') })
    recipient = await startEmulator({ dir: path('recipient') })
    await donor.sql(`CREATE USER donor IDENTIFIED BY 'pw'; GRANT BACKUP_ADMIN ON *.* TO donor;
      CREATE USER poor IDENTIFIED BY 'pw'; CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY);
      INSERT INTO t.a VALUES (1), (2)`)
    await recipient.sql(`SET GLOBAL clone_valid_donor_list =
      '127.0.0.1:${donor.port},127.0.0.1:${recipient.port},127.0.0.1:1'`)
  })

  afterAll(async () => {
    await Promise.all([donor.stop(), recipient.stop()])
    await scratch[Symbol.asyncDispose]()
  })

  it('brings the donor’s full and increment, with the history at the recipient', async () => {
    await recipient.sql(clone('full', 'REQUIRE SSL ENABLE PAGE TRACK'))
    await donor.sql('INSERT INTO t.a VALUES (3); CREATE TABLE t.b (id INT PRIMARY KEY)')
    await recipient.sql(
      clone('one', `ENABLE PAGE TRACK INCREMENT BASED DIRECTORY '${path('full')}'`),
    )
    expect(
      await recipient.sql(
        'SELECT CLONE_TYPE, STATE, SOURCE, DESTINATION FROM mysql.clone_history ORDER BY ID',
      ),
    ).toEqual([
      ['full clone', 'Completed', `127.0.0.1:${donor.port}`, `${path('full')}/`],
      ['increment clone', 'Completed', `127.0.0.1:${donor.port}`, `${path('one')}/`],
    ])
    expect(await donor.sql('SELECT COUNT(*) FROM mysql.clone_history')).toEqual([['0']])
    expect(await donor.sql('SELECT * FROM performance_schema.clone_status')).toEqual([])
    const network = await recipient.sql(
      `SELECT MAX(NETWORK) > 1000000 FROM performance_schema.clone_progress WHERE ID = 0`,
    )
    expect(network).toEqual([['1']])
    // A base by directory does not shift the stages here, as it does for LOCAL (clone_plugin.cc).
    expect(
      await recipient.sql(`SELECT STATE FROM performance_schema.clone_progress
        WHERE ID = 1 AND STAGE = 'FILE SYNC'`),
    ).toEqual([['Completed']])
    expect(await readFile(join(path('full'), '#clone', '#view_status'), 'utf8')).toMatch(
      new RegExp(`^2 0\\n.*\\n127\\.0\\.0\\.1:${donor.port}\\n`),
    )

    await cp(path('full'), path('work'), { recursive: true })
    await applyIncrement(path('work'), path('one'))
    await cp(path('one'), path('unused'), { recursive: true })
    await using restored = await startInstance({ dir: path('run'), fromDatadir: path('work') })
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(donor))
  })

  it('compresses at the recipient', async () => {
    await recipient.sql('SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_LZ4')
    await recipient.sql(clone('lz4'))
    await recipient.sql('SET GLOBAL clone_file_compress = DEFAULT')
    expect(await readdir(path('lz4'))).toEqual(expect.arrayContaining(['ibdata1.lz4']))
  })

  it('can have its own server for a donor', async () => {
    await recipient.sql("CREATE USER own IDENTIFIED BY 'pw'; GRANT BACKUP_ADMIN ON *.* TO own")
    await recipient.sql(
      `CLONE INSTANCE FROM own@127.0.0.1:${recipient.port} IDENTIFIED BY 'pw'
       DATA DIRECTORY '${path('loop')}'`,
    )
    expect(existsSync(join(path('loop'), 'mysql.ibd'))).toBe(true)
    expect(recipient.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
  })

  it('wraps what the donor refuses in 3862', async () => {
    expect(await failureOf(recipient, clone('x', '', 'poor'))).toBe(
      '3862 HY000 Clone Donor Error: 1227 : Access denied; you need (at least one of) the ' +
        'BACKUP_ADMIN privilege(s) for this operation.',
    )
    expect(await failureOf(recipient, clone('x', '', 'nobody'))).toMatch(
      /^3862 HY000 Clone Donor Error: Connect failed: 1045 : Access denied for user 'nobody'@/,
    )
    expect(
      await failureOf(
        recipient,
        `CLONE INSTANCE FROM u@127.0.0.1:1 IDENTIFIED BY '' DATA DIRECTORY '${path('x')}'`,
      ),
    ).toBe(
      "3862 HY000 Clone Donor Error: Connect failed: 2003 : Can't connect to MySQL server on '127.0.0.1:1' (111).",
    )
    expect(await failureOf(recipient, clone('x', 'START_LSN = 5 ENABLE PAGE TRACK'))).toBe(
      "3862 HY000 Clone Donor Error: 1815 : Internal error: page_archiver Can't set postion - No matching reset point..",
    )
    await donor.sql('UNINSTALL PLUGIN clone')
    expect(await failureOf(recipient, clone('y'))).toBe(
      "3862 HY000 Clone Donor Error: 1524 : Plugin 'clone' is not loaded.",
    )
    await donor.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
  })

  it('keeps a failed row for each of these, and no directory without data', async () => {
    const rows = await recipient.sql(
      `SELECT STATE, ERROR_NO FROM mysql.clone_history WHERE STATE <> 'Completed' ORDER BY ID`,
    )
    expect(rows).toEqual(Array.from({ length: 5 }, () => ['Failed', '3862']))
    expect(existsSync(path('y'))).toBe(false)
    // The first two and the last never had the donor's consent: no stage began, not even with an ID.
    const stages = await recipient.sql(
      `SELECT s.ERROR_MESSAGE, p.STATE FROM performance_schema.clone_status s
       LEFT JOIN performance_schema.clone_progress p ON p.ID = s.ID AND p.STAGE = 'DROP DATA'
       WHERE s.STATE = 'Failed' ORDER BY s.ID`,
    )
    expect(stages.map(([message = '', state]) => [/\d{4}/.exec(message)?.[0], state])).toEqual([
      ['1227', 'NULL'],
      ['1045', 'NULL'],
      ['2003', 'NULL'],
      ['1815', 'Failed'],
      ['1524', 'NULL'],
    ])
  })

  it('compares the two servers first', async () => {
    await donor.sql('SET GLOBAL max_allowed_packet = 1048576')
    expect(await failureOf(recipient, clone('z'))).toBe(
      '3862 HY000 Clone Donor Error: 3957 : Clone needs max_allowed_packet value to be 2097152 or more. Current value is 1048576.',
    )
    await donor.sql(
      'SET GLOBAL max_allowed_packet = DEFAULT; SET GLOBAL collation_server = utf8mb4_bin',
    )
    expect(await failureOf(recipient, clone('z'))).toMatch(/^3867 HY000 Clone Donor collation/)
    await donor.sql('SET GLOBAL collation_server = DEFAULT')
    await using older = await startEmulator({
      dir: path('older'),
      version: '8.0.32-26',
      port: await freePort(),
    })
    await older.sql(`SET GLOBAL clone_valid_donor_list = '127.0.0.1:${donor.port}'`)
    expect(await failureOf(older, clone('z'))).toBe(
      '3864 HY000 Clone Donor MySQL version: 8.0.32-27 is different from Recipient MySQL version 8.0.32-26.',
    )
  })
})
