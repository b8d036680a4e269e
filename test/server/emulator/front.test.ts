// The front passes everything on that GreatSQL does as MySQL does: accounts, types, errors.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { beforeAll, expect, it } from 'vitest'
import { findBasedir } from '../../bed/basedir.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { connect, runSql } from '../../bed/sql.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

/** Not execFileSync: the emulator runs in this process, and has to answer. */
const run = async (file: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(file, [...args], { maxBuffer: 1 << 26 })
  return stdout
}

describeServer('the front', () => {
  const stage = useEmulator()

  beforeAll(async () => {
    await stage.emulator.sql(`CREATE DATABASE t; CREATE USER reader IDENTIFIED BY 'secret';
      GRANT SELECT ON t.* TO reader;
      CREATE TABLE t.kinds (id BIGINT UNSIGNED PRIMARY KEY, b BLOB, d DECIMAL(30, 10), n INT, j JSON,
        at DATETIME(6), word VARCHAR(20));
      INSERT INTO t.kinds VALUES (18446744073709551615, x'00FF10', 12345678901234567890.5, NULL,
        '{"a": 1}', '2026-01-02 03:04:05.678901', 'häßlich')`)
  })

  const tcp = (more: object = {}) =>
    createConnection({
      host: '127.0.0.1',
      port: stage.emulator.port,
      user: 'reader',
      password: 'secret',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      ...more,
    })

  it.each([
    ['without TLS', {}],
    ['with TLS', { ssl: { rejectUnauthorized: false } }],
  ])('lets accounts of the real server in over TCP %s', async (_, options) => {
    const connection = await tcp(options)
    const [rows] = await connection.query(
      "SELECT CURRENT_USER() AS u, (SELECT VARIABLE_VALUE <> '' FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_cipher') AS tls, CONNECTION_ID() AS id",
    )
    expect(rows).toEqual([
      { u: 'reader@%', tls: 'ssl' in options ? '1' : '0', id: String(connection.threadId) },
    ])
    await connection.end()
  })

  it('refuses a wrong password in the real server’s words', async () => {
    await expect(tcp({ password: 'wrong' })).rejects.toMatchObject({
      errno: 1045,
      sqlMessage: "Access denied for user 'reader'@'localhost' (using password: YES)",
    })
  })

  it('calls itself GreatSQL in the greeting and wherever it is asked', async () => {
    const { emulator } = stage
    const socket = connectSocket(emulator.socket)
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(greeting.subarray(5, greeting.indexOf(0, 5)).toString()).toBe('8.0.32-27')
    expect(await emulator.sql('SELECT @@version_comment')).toEqual([
      [expect.stringMatching(/^GreatSQL, Release 27, Revision /)],
    ])
    const connection = await connect(emulator)
    const [, fields] = await connection.query(
      'SELECT @@version, VERSION(), @@GLOBAL.version_comment AS c, 1 + LENGTH(@@version)',
    )
    const names = (fields as readonly { name: string }[]).map(({ name }) => name)
    expect(names).toEqual(['@@version', 'VERSION()', 'c', '1 + LENGTH(@@version)'])
    connection.destroy()
  })

  it('passes every type of value on', async () => {
    const connection = await tcp()
    const [[row] = []] = (await connection.query('SELECT * FROM t.kinds')) as unknown as object[][]
    expect(row).toEqual({
      id: '18446744073709551615',
      b: Buffer.from([0, 255, 16]),
      d: '12345678901234567890.5000000000',
      n: null,
      j: { a: 1 },
      at: '2026-01-02 03:04:05.678901',
      word: 'häßlich',
    })
    const [prepared] = await connection.execute('SELECT b, n FROM t.kinds WHERE id > ?', ['5'])
    expect(prepared).toEqual([{ b: Buffer.from([0, 255, 16]), n: null }])
    await connection.end()
  })

  it('passes large results and large statements on', async () => {
    const connection = await connect(stage.emulator)
    await runSql(connection, 'SET cte_max_recursion_depth = 1000000')
    const rows = await runSql(
      connection,
      'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 100000) ' +
        "SELECT n, REPEAT('x', 100) FROM r",
    )
    expect(rows).toHaveLength(100_000)
    expect(rows.at(-1)?.[0]).toBe('100000')
    const long = 'y'.repeat(17_000_000)
    expect(await runSql(connection, `SELECT LENGTH('${long}')`)).toEqual([['17000000']])
    connection.destroy()
  })

  it('passes errors on, and goes on after them', async () => {
    const connection = await connect(stage.emulator, { database: 't' })
    await expect(runSql(connection, 'SELECT * FROM nowhere')).rejects.toMatchObject({
      errno: 1146,
      sqlState: '42S02',
      sqlMessage: "Table 't.nowhere' doesn't exist",
    })
    expect(await runSql(connection, 'SELECT COUNT(*) FROM kinds')).toEqual([['1']])
    connection.destroy()
    const login = { user: 'reader', password: 'secret' }
    expect(await failureOf(stage.emulator, 'DROP TABLE t.kinds', login)).toBe(
      "1142 42000 DROP command denied to user 'reader'@'localhost' for table 'kinds'",
    )
  })

  it('answers several statements in one text, up to the first that fails', async () => {
    const { emulator } = stage
    expect(
      await emulator.sql(`SELECT 1; SET @a = @@version; USE t; SELECT @a, DATABASE();
        CREATE PROCEDURE p() BEGIN SELECT @@version; SELECT 2; END`),
    ).toEqual([['1'], ['8.0.32-27', 't']])
    expect(await emulator.sql('CALL t.p()')).toEqual([['8.0.32-27'], ['2']])
    expect(await failureOf(emulator, 'SELECT @@version; DO 0; SELEC 1; CREATE DATABASE u')).toMatch(
      /^1064 42000 .*near 'SELEC 1' at line 1$/,
    )
    expect(await emulator.sql("SHOW DATABASES LIKE 'u'")).toEqual([])
  })

  it('ends a client whose connection is killed', async () => {
    const connection = await connect(stage.emulator)
    const id = connection.threadId
    const asleep = runSql(connection, 'SELECT SLEEP(60)')
    await stage.emulator.sql(`KILL ${id}`)
    await expect(asleep).rejects.toMatchObject({ code: expect.stringMatching(/LOST|ER_/) })
  })

  it('lets a file in with LOAD DATA LOCAL', async () => {
    const { emulator } = stage
    const { mysql } = await findBasedir()
    await emulator.sql('SET GLOBAL local_infile = ON; CREATE TABLE t.lines (l VARCHAR(400))')
    const file = join(import.meta.dirname, 'front.test.ts')
    const load = `LOAD DATA LOCAL INFILE '${file}' INTO TABLE t.lines FIELDS TERMINATED BY '\\0'; SELECT COUNT(*) > 50 FROM t.lines`
    const args = ['--no-defaults', '--local-infile', '-uroot', `-S${emulator.socket}`, '-N', '-e']
    expect((await run(mysql, [...args, load])).trim()).toBe('1')
  })

  it('streams the binlog to mysqlbinlog', async () => {
    const { emulator } = stage
    const { mysqlbinlog } = await findBasedir()
    const args = ['--no-defaults', '--read-from-remote-server', '-uroot', `-S${emulator.socket}`]
    const out = await run(mysqlbinlog, [...args, 'binlog.000001'])
    expect(out).toContain('CREATE DATABASE t')
  })

  it('knows the statements of its release for the binlog’s position', async () => {
    const { emulator } = stage
    const [row] = await emulator.sql('SHOW MASTER STATUS')
    expect(row?.[0]).toBe('binlog.000001')
    expect(await failureOf(emulator, 'SHOW BINARY LOG STATUS')).toMatch(/^1064 42000 /)
    expect(await failureOf(emulator, 'SELECT innodb_redo_log_sharp_checkpoint()')).toBe(
      '1305 42000 FUNCTION innodb_redo_log_sharp_checkpoint does not exist',
    )
  })
})
