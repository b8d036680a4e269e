// Accidents of every kind on a real server, found again in its binlogs.
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { binlogFilesIn } from '../../src/mysql/binlog-directory.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'
import { makeFakeIo } from '../process/cli/fake-io.ts'

let scratch: ScratchDirectory
let server: Instance

interface Found {
  readonly gtid: string | null
  readonly file: string
  readonly position: string
  readonly restoreBefore: readonly string[]
  readonly changes: readonly {
    readonly type: string
    readonly database: string
    readonly table: string | null
    readonly rows: number | null
    readonly statement: string | null
  }[]
}

const runFind = async (...args: readonly string[]) => {
  const fake = makeFakeIo()
  const code = await main(
    ['binlog', 'find', '--no-defaults', '--binlog-dir', server.datadir, ...args],
    fake.io,
  )
  return { code, stdout: fake.stdout(), stderr: fake.stderr() }
}

const find = async (...args: readonly string[]): Promise<readonly Found[]> => {
  const { code, stdout, stderr } = await runFind('--json', ...args)
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return (JSON.parse(stdout) as { transactions: readonly Found[] }).transactions
}

/** Each change as `type database.table rows`. */
const changesIn = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await find(...args)).flatMap(({ changes }) =>
    changes.map(
      ({ type, database, table, rows }) =>
        `${type} ${database}.${table ?? '*'}${rows === null ? '' : ` ${rows}`}`,
    ),
  )

const gtidExecuted = async (): Promise<string> =>
  (await server.sql('SELECT @@gtid_executed'))[0]?.[0] ?? ''

/** A table with a column of every type, whose rows are NULL, short and long. */
const everyType = `
  CREATE TABLE shop.kinds (
    a TINYINT, b SMALLINT, c MEDIUMINT, d INT, e BIGINT, f FLOAT, g DOUBLE, h DECIMAL(65,30), i DECIMAL(10,0),
    j DECIMAL(7,5), k BIT(1), l BIT(64), m CHAR(10), n CHAR(255), o VARCHAR(10), p VARCHAR(2000), q BINARY(5),
    r VARBINARY(300), s TINYBLOB, t BLOB, u MEDIUMTEXT, v LONGTEXT, w ENUM('x','y'), x SET('p','q'), y DATE,
    z TIME, aa TIME(3), ab TIME(6), ac DATETIME, ad DATETIME(1), ae DATETIME(6), af TIMESTAMP(5) NULL, ag YEAR,
    ah JSON, ai POINT, aj TIMESTAMP NULL, ak CHAR(64) CHARACTER SET latin1);
  INSERT INTO shop.kinds (a) VALUES (NULL), (NULL);
  INSERT INTO shop.kinds VALUES
    (1, 2, 3, 4, 5, 1.5, 2.5, 12345.678, 99, 1.5, b'1', b'1011', 'c', 'é😀', 'v', REPEAT('w', 2000), 'b', 'vb',
     'tb', REPEAT('b', 60000), 'mt', REPEAT('l', 100000), 'y', 'p,q', '2026-11-20', '10:11:12', '10:11:12.123',
     '10:11:12.123456', NOW(), NOW(1), NOW(6), NOW(5), 2026, '{"a": [1, 2, 3]}', POINT(1, 2), NOW(), 'latin');
  UPDATE shop.kinds SET d = 7, p = 'short', ah = JSON_SET(ah, '$.a[0]', 10);
  SET SESSION binlog_row_image = MINIMAL; UPDATE shop.kinds SET v = 'x' WHERE a = 1; SET SESSION binlog_row_image = FULL;
  UPDATE shop.kinds SET ah = CONCAT('{"a": [1, 2, 3], "pad": "', REPEAT('p', 500), '"}');
  SET SESSION binlog_row_value_options = PARTIAL_JSON;
  UPDATE shop.kinds SET ah = JSON_SET(ah, '$.a[0]', 10);
  SET SESSION binlog_row_value_options = '';
  DELETE FROM shop.kinds`

const accidents = `
  CREATE DATABASE shop; CREATE DATABASE \`od.d\`;
  CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(200));
  INSERT INTO shop.orders (note) VALUES ('a'), ('b'), ('c');
  ALTER TABLE shop.orders ADD COLUMN more INT, ADD INDEX (note);
  UPDATE shop.orders SET note = 'all of them';
  BEGIN; INSERT INTO shop.orders (note) VALUES ('d'); DELETE FROM shop.orders WHERE id = 1; COMMIT;
  DELETE FROM shop.orders;
  TRUNCATE shop.orders;
  RENAME TABLE shop.orders TO shop.old_orders;
  USE shop; CREATE TEMPORARY TABLE t (a INT); DROP TEMPORARY TABLE t;
  SET SESSION binlog_format = STATEMENT;
  INSERT INTO old_orders (note) VALUES ('hunter2'), ('s3cret');
  UPDATE old_orders AS o SET note = 'hunter2' ORDER BY id; DELETE FROM old_orders WHERE note = 'hunter2' ORDER BY id;
  SET SESSION binlog_format = ROW;
  CREATE USER somebody IDENTIFIED BY 'hunter2';
  SET SESSION binlog_transaction_compression = ON;
  INSERT INTO old_orders (note) SELECT REPEAT('z', 100) FROM mysql.help_topic LIMIT 500;
  SET SESSION binlog_transaction_compression = OFF;
  CREATE TABLE \`od.d\`.\`quo\`\`te é漢\` AS SELECT 1 AS a; DROP TABLE \`od.d\`.\`quo\`\`te é漢\`;
  CREATE TABLE shop.parts (a INT) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20));
  ALTER TABLE shop.parts TRUNCATE PARTITION p0; ALTER TABLE shop.parts DROP PARTITION p0;
  FLUSH BINARY LOGS;
  DROP TABLE shop.old_orders, shop.parts`

describeServer('binlog find', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    server = await startInstance({ dir: join(scratch.path, 'server') })
    await server.sql(accidents)
    await server.sql(everyType)
    await server.sql('DROP DATABASE shop')
  })
  afterAll(async () => {
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('tells everything that was done to a table, in order, and counts rows', async () => {
    expect(await changesIn('--table', 'shop.orders,shop.old_orders')).toEqual([
      'create shop.orders',
      'insert shop.orders 3',
      'alter shop.orders',
      'update shop.orders 3',
      'insert shop.orders 1',
      'delete shop.orders 1',
      'delete shop.orders 3',
      'truncate shop.orders',
      'rename shop.orders',
      'rename shop.old_orders',
      'insert shop.old_orders',
      'update shop.old_orders',
      'delete shop.old_orders',
      'insert shop.old_orders 500',
      'drop shop.old_orders',
      'drop shop.*',
    ])
  })

  it('counts rows with values of every type', async () => {
    expect(await changesIn('--table', 'shop.kinds', '--limit', '8')).toEqual([
      'create shop.kinds',
      'insert shop.kinds 2',
      'insert shop.kinds 1',
      'update shop.kinds 3',
      'update shop.kinds 1',
      'update shop.kinds 3',
      'update shop.kinds 3',
      'delete shop.kinds 3',
    ])
  })

  it('knows names with a dot, a backquote and letters of all kinds, and partitions', async () => {
    expect(await changesIn('--table', 'od.d.quo`te é漢')).toEqual([])
    expect(await changesIn('--table', '*.quo`te *', '--type', 'drop')).toEqual([
      'drop od.d.quo`te é漢',
      'drop shop.*',
    ])
    expect(await changesIn('--table', 'shop.parts', '--type', 'truncate')).toHaveLength(1)
    expect(await changesIn('--table', 'shop.parts', '--type', 'drop')).toEqual([
      'drop shop.parts',
      'drop shop.parts',
      'drop shop.*',
    ])
  })

  it('says how to restore to just before, and when it was', async () => {
    const [drop] = await find('--table', 'SHOP.old_*', '--type', 'drop')
    const executed = await gtidExecuted()
    expect(executed).toContain(drop!.gtid!.split(':')[0])
    expect(drop).toMatchObject({ restoreBefore: ['--before-gtid', drop!.gtid] })
    const again = await runFind('--gtid', drop!.gtid!)
    expect(again.stdout).toMatch(
      new RegExp(
        `^2\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z  ${drop!.gtid!}  ${drop!.file}:${drop!.position}\n` +
          '  drop shop\\.old_orders, 1 event, \\d+ B\n    DROP TABLE `old_orders`,`parts`\n',
        'u',
      ),
    )
    expect(again.stdout).toContain(
      `  before it: clonectl restore --target-dir DIR --before-gtid ${drop!.gtid!}\n`,
    )
    expect(again.stdout).toContain('1 transaction in 2 binlogs\n')
  })

  it('keeps to times, and to the number that was asked for', async () => {
    const { stdout } = await runFind('--json', '--table', 'shop.orders', '--limit', '2')
    const { transactions, more } = JSON.parse(stdout) as {
      transactions: readonly { time: string }[]
      more: boolean
    }
    expect(more).toBe(true)
    const [first, second] = transactions.map(({ time }) => time)
    expect(await changesIn('--from', second!, '--to', second!)).toEqual(['insert shop.orders 3'])
    expect(await changesIn('--from', first!, '--to', first!)).toEqual(['create shop.orders'])
  })

  it('shows no text that may be secret', async () => {
    const { stdout } = await runFind('--json')
    expect(stdout).toContain("INSERT INTO old_orders (note) VALUES ('…'), ('…')")
    expect(stdout).toContain("DELETE FROM old_orders WHERE note = '…' ORDER BY id")
    expect(stdout).not.toMatch(/hunter2|s3cret|somebody/u)
  })

  it('names a damaged binlog, and looks into the others all the same', async () => {
    const copy = join(scratch.path, 'copy')
    const files = await binlogFilesIn(server.datadir)
    for (const { path, name } of files) await cp(path, join(copy, name))
    await rm(join(copy, files[0]!.name))
    await cp(join(server.datadir, 'auto.cnf'), join(copy, files[0]!.name))
    const { code, stdout } = await runFind('--binlog-dir', copy, '--type', 'drop')
    expect(code).toBe(21)
    expect(stdout).toContain('drop shop.old_orders')
    expect(stdout).toContain(`damaged: ${join(copy, files[0]!.name)}: found no binlog magic`)
  })

  it('goes by positions where there are no GTIDs', async () => {
    await server.restart(['gtid_mode=OFF', 'enforce_gtid_consistency=OFF'])
    await server.sql('CREATE DATABASE later; CREATE TABLE later.t (a INT); DROP TABLE later.t')
    const [created, dropped] = await find('--table', 'later.t')
    expect(dropped).toMatchObject({
      gtid: null,
      restoreBefore: ['--to-position', `${dropped!.file}:${dropped!.position}`],
    })
    expect(Number(dropped!.position)).toBeGreaterThan(Number(created!.position))
  })
})
