// Everything a server writes to its binlogs that is not a plain row change in UTC: played once on a donor, to be
// replayed in every way there is.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from 'mysql2/promise'
import type { Instance } from '../../bed/instance.ts'
import { connect, runSql, type Login } from '../../bed/sql.ts'

/** A client of its own each, statement by statement: of several in one text the server logs odd cuts. */
type Chapter = readonly string[]

/** Someone who is not root: what he makes is his. */
const maker: Login = { user: 'maker', password: 'makes', database: 'ways' }

/**
 * Before the full backup: what later chapters change. No MyISAM table, because a clone brings none of its
 * rows.
 */
const beginning: Chapter = [
  'CREATE DATABASE ways',
  `CREATE TABLE ways.facts (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(200), n DOUBLE,
     at TIMESTAMP(6) NULL, day DATETIME(6) NULL, KEY (n))`,
  'CREATE TABLE ways.links (fact BIGINT, note VARCHAR(200))',
  'CREATE TABLE ways.docs (id INT PRIMARY KEY, j JSON, b LONGBLOB, t LONGTEXT)',
  `INSERT INTO ways.docs VALUES (1, '{"a": [1, 2, 3], "b": {"c": "long enough to be kept"}}',
     REPEAT(UNHEX('00FF27'), 30000), REPEAT('text ', 5000)), (2, '{}', NULL, NULL)`,
  'CREATE TABLE ways.parents (id INT PRIMARY KEY)',
  `CREATE TABLE ways.children (id INT PRIMARY KEY, parent INT,
     FOREIGN KEY (parent) REFERENCES ways.parents (id) ON DELETE CASCADE)`,
  'INSERT INTO ways.parents VALUES (1), (2)',
  'INSERT INTO ways.children VALUES (1, 1), (2, 2)',
  'CREATE TABLE ways.orders (id INT PRIMARY KEY, what TEXT)',
  "INSERT INTO ways.orders VALUES (1, 'kept'), (2, 'kept')",
  'CREATE TABLE ways.swap_one (id INT PRIMARY KEY, v TEXT)',
  'CREATE TABLE ways.swap_two (id INT PRIMARY KEY, w INT)',
  "INSERT INTO ways.swap_one VALUES (1, 'one')",
  'INSERT INTO ways.swap_two VALUES (2, 2)',
  'CREATE EVENT ways.old_one ON SCHEDULE EVERY 1 DAY DO DELETE FROM ways.links',
  'CREATE EVENT ways.old_two ON SCHEDULE EVERY 1 DAY DO DELETE FROM ways.links',
  "CREATE USER maker@'%' IDENTIFIED BY 'makes'",
  "GRANT ALL ON ways.* TO maker@'%' WITH GRANT OPTION",
  "GRANT CREATE USER ON *.* TO maker@'%'",
  'CREATE DATABASE doomed',
  'CREATE TABLE doomed.t (id INT PRIMARY KEY)',
  'CREATE EVENT doomed.e ON SCHEDULE EVERY 1 DAY DO DELETE FROM doomed.t',
  'CREATE FUNCTION doomed.f() RETURNS INT DETERMINISTIC RETURN 1',
]

const statementFormat: Chapter = [
  "SET binlog_format = STATEMENT, time_zone = '+09:00'",
  "SET @number = 7.25, @text = _latin1 X'636166E9', @nothing = NULL, @bytes = X'00FF'",
  `INSERT INTO ways.facts (what, n, at, day)
     VALUES (@text, RAND(42), NOW(6), NOW(3)), (HEX(@bytes), @number, FROM_UNIXTIME(1), CURDATE())`,
  "INSERT INTO ways.links VALUES (LAST_INSERT_ID(), 'last'), (CONNECTION_ID(), @nothing)",
  'SET insert_id = 500',
  "INSERT INTO ways.facts (what) VALUES ('at 500')",
  'INSERT INTO ways.facts (what, n) SELECT CONCAT(what, CURRENT_TIMESTAMP), RAND(7) FROM ways.facts ORDER BY id LIMIT 5',
  'SET auto_increment_increment = 10, auto_increment_offset = 3',
  "INSERT INTO ways.facts (what) VALUES ('by tens'), ('by tens')",
  "UPDATE ways.facts SET what = CONCAT(what, '; \\'quoted\\' \\\\ \\n# -- /* no comment') WHERE id = 500",
  "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'",
  `INSERT INTO "ways"."facts" ("what") VALUES ('back\\slash' || ' and ''pipes''')`,
  "SET sql_mode = '', timestamp = 1000000000.25",
  "INSERT INTO ways.facts (n, at, day) VALUES ('12 apples', NOW(6), '2026-02-31')",
  'SET timestamp = DEFAULT, time_zone = DEFAULT',
  'SET NAMES latin1',
  "INSERT INTO ways.facts (what, at) VALUES (_latin1 X'FCE4F6', '2026-03-29 02:30:00')",
  'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
  "INSERT INTO ways.facts (what) SELECT 'same' WHERE 'a' <> 'A'",
  "INSERT INTO ways.facts (what) VALUES ('🐬 ünï')",
]

const mixedFormat: Chapter = [
  'SET binlog_format = MIXED',
  "INSERT INTO ways.facts (what, n) VALUES (UUID(), 1), (USER(), 2), ('plain', 3)",
  "INSERT INTO ways.facts (what) VALUES ('logged as it stands')",
  'CREATE TEMPORARY TABLE ways.unseen SELECT id FROM ways.facts',
  'INSERT INTO ways.links (fact) SELECT id FROM ways.unseen',
]

const otherZones: Chapter = [
  "SET time_zone = '-08:00'",
  "INSERT INTO ways.facts (what, at, day) VALUES ('west', '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
  `CREATE TABLE ways.zoned (id INT PRIMARY KEY, at TIMESTAMP DEFAULT '2026-01-01 12:00:00',
     now TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, day DATETIME DEFAULT '2026-01-01 12:00:00')`,
  'INSERT INTO ways.zoned (id) VALUES (1)',
  "ALTER TABLE ways.zoned ADD later TIMESTAMP NOT NULL DEFAULT '2027-01-01 00:00:00', ALGORITHM = INSTANT",
  `CREATE TABLE ways.by_time (at TIMESTAMP NOT NULL) PARTITION BY RANGE (UNIX_TIMESTAMP(at))
     (PARTITION p1 VALUES LESS THAN (UNIX_TIMESTAMP('2026-01-01 00:00:00')), PARTITION p2 VALUES LESS THAN MAXVALUE)`,
  "INSERT INTO ways.by_time VALUES ('2025-12-31 23:59:59'), ('2026-01-01 00:00:00')",
  "SET time_zone = '+13:00', explicit_defaults_for_timestamp = OFF",
  'CREATE TABLE ways.implicit (at TIMESTAMP, again TIMESTAMP NULL)',
  "INSERT INTO ways.implicit (again) VALUES ('2026-06-01 00:00:00')",
]

const definitions: Chapter = [
  'CREATE TABLE ways.copied (KEY (n)) SELECT id, what, n FROM ways.facts',
  'ALTER TABLE ways.copied ADD extra INT NOT NULL DEFAULT 3, ADD spare TEXT, ALGORITHM = INSTANT',
  'ALTER TABLE ways.copied ADD KEY (extra), ALGORITHM = INPLACE, LOCK = NONE',
  "ALTER TABLE ways.copied MODIFY what TEXT CHARACTER SET utf16, COMMENT 'it''s', ALGORITHM = COPY",
  'ALTER TABLE ways.copied DROP COLUMN spare, ALGORITHM = INSTANT',
  'RENAME TABLE ways.swap_one TO ways.swap, ways.swap_two TO ways.swap_one, ways.swap TO ways.swap_two',
  "INSERT INTO ways.swap_two VALUES (3, 'was one')",
  'TRUNCATE TABLE ways.swap_one',
  `CREATE TABLE ways.parts (id INT NOT NULL, k INT NOT NULL, PRIMARY KEY (id, k))
     PARTITION BY RANGE (k) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))`,
  'INSERT INTO ways.parts VALUES (1, 1), (2, 11)',
  'ALTER TABLE ways.parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))',
  'INSERT INTO ways.parts VALUES (3, 21)',
  'CREATE TABLE ways.part LIKE ways.parts',
  'ALTER TABLE ways.part REMOVE PARTITIONING',
  'ALTER TABLE ways.parts EXCHANGE PARTITION p1 WITH TABLE ways.part',
  'ALTER TABLE ways.parts DROP PARTITION p0',
  `CREATE TABLE ways.made (id INT PRIMARY KEY, a INT, b INT AS (a * 2) STORED, c INT AS (a + 1) VIRTUAL,
     d VARCHAR(40) DEFAULT (CONCAT('d', id)), CHECK (a < 100), KEY (c), KEY ((a * 3)))`,
  'INSERT INTO ways.made (id, a) VALUES (1, 10)',
  'UPDATE ways.made SET a = 11',
  "CREATE TABLE ways.tagged (e JSON, KEY tags ((CAST(e->'$.tags' AS UNSIGNED ARRAY))))",
  `INSERT INTO ways.tagged VALUES ('{"tags": [1, 2]}')`,
  'SET sql_generate_invisible_primary_key = ON',
  'CREATE TABLE ways.keyless (v INT)',
  'INSERT INTO ways.keyless VALUES (1), (1)',
  'CREATE TABLE ways.old_engine (id INT PRIMARY KEY, v INT) ENGINE = MyISAM',
  'INSERT INTO ways.old_engine VALUES (1, 1), (2, 2)',
  'SET innodb_strict_mode = OFF, restrict_fk_on_non_standard_key = OFF',
  'CREATE TABLE ways.laxer (fact DOUBLE, FOREIGN KEY (fact) REFERENCES ways.facts (n))',
  'CREATE TABLE ways.lax (id INT PRIMARY KEY) ROW_FORMAT = DYNAMIC KEY_BLOCK_SIZE = 8',
  'DROP DATABASE doomed',
  'CREATE DATABASE other CHARACTER SET latin1 COLLATE latin1_german1_ci',
  'CREATE TABLE other.t (v VARCHAR(20))',
  "INSERT INTO other.t VALUES ('größe')",
]

const programs: Chapter = [
  `CREATE DEFINER = maker@'%' TRIGGER ways.on_orders AFTER INSERT ON ways.orders FOR EACH ROW
     BEGIN INSERT INTO ways.links (note) VALUES (CONCAT('order ', NEW.id)); END`,
  `CREATE PROCEDURE ways.twice(IN p INT)
     BEGIN INSERT INTO ways.orders VALUES (p, 'p'); INSERT INTO ways.orders VALUES (p + 1, NOW()); END`,
  'CALL ways.twice(100)',
  'SET binlog_format = STATEMENT',
  'CALL ways.twice(200)',
  `CREATE DEFINER = maker@'%' FUNCTION ways.half(n INT) RETURNS INT DETERMINISTIC SQL SECURITY INVOKER RETURN n DIV 2`,
  'INSERT INTO ways.links (fact) VALUES (ways.half(9))',
  'CREATE ALGORITHM = MERGE DEFINER = maker@localhost SQL SECURITY INVOKER VIEW ways.seen AS SELECT id, what FROM ways.facts WHERE n > 1 WITH CHECK OPTION',
  'CREATE OR REPLACE VIEW ways.counted AS SELECT COUNT(*) AS c FROM ways.seen',
  "ALTER PROCEDURE ways.twice COMMENT 'twice'",
]

const accounts: Chapter = [
  "CREATE USER reader@'10.%' IDENTIFIED WITH caching_sha2_password BY 'r\"é' PASSWORD EXPIRE INTERVAL 90 DAY ATTRIBUTE '{\"team\": 5}'",
  "CREATE ROLE readers, 'auditors'@'%'",
  'GRANT SELECT (id), INSERT (what) ON ways.facts TO readers',
  "GRANT readers, auditors TO reader@'10.%'",
  "SET DEFAULT ROLE readers TO reader@'10.%'",
  "GRANT BACKUP_ADMIN ON *.* TO reader@'10.%'",
  "GRANT EXECUTE ON PROCEDURE ways.twice TO reader@'10.%'",
  "ALTER USER reader@'10.%' ACCOUNT LOCK",
  'CREATE USER gone@localhost',
  'DROP USER gone@localhost',
  "RENAME USER maker@'%' TO maker@localhost",
]

const makersOwn: Chapter = [
  'CREATE VIEW mine AS SELECT id FROM facts',
  'CREATE PROCEDURE my_own() SELECT 1',
  'CREATE TRIGGER my_trigger BEFORE INSERT ON zoned FOR EACH ROW SET NEW.day = NULL',
  'CREATE EVENT my_event ON SCHEDULE EVERY 1 WEEK DO DELETE FROM links',
  "ALTER EVENT daily COMMENT 'now mine'",
  "ALTER USER CURRENT_USER() IDENTIFIED BY 'changed'",
  'GRANT SELECT ON ways.facts TO CURRENT_USER()',
  'INSERT INTO facts (what) VALUES (CURRENT_USER())',
]

/** The schedule reads the zone of whoever makes it. */
const events: Chapter = [
  "SET time_zone = '-03:30', sql_mode = 'ANSI_QUOTES'",
  "CREATE EVENT ways.later ON SCHEDULE AT '2030-01-01 00:00:00' ON COMPLETION PRESERVE COMMENT 'once' DO DELETE FROM ways.links",
  `/* by hand */ CREATE DEFINER = "maker"@'localhost' EVENT ways.daily ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 03:00:00' DISABLE
     DO BEGIN DELETE FROM ways.links; DELETE FROM ways.links; END`,
  'ALTER EVENT ways.old_one DISABLE',
  '/*!50106 ALTER EVENT ways.old_two RENAME TO ways.young */',
  "ALTER DEFINER = nobody@'%' EVENT ways.daily ENABLE COMMENT 'every day'",
  'CREATE EVENT ways.short_lived ON SCHEDULE EVERY 1 HOUR DO DELETE FROM ways.links',
  'DROP EVENT ways.short_lived',
]

const rowImages: Chapter = [
  'SET binlog_row_image = MINIMAL, binlog_row_value_options = PARTIAL_JSON',
  "UPDATE ways.docs SET j = JSON_SET(j, '$.a[1]', 22, '$.b.c', 'short') WHERE id = 1",
  "UPDATE ways.docs SET b = CONCAT(b, X'00'), t = INSERT(t, 100, 4, 'TEXT') WHERE id = 1",
  "UPDATE ways.docs SET j = JSON_REMOVE(j, '$.a[0]') WHERE id = 1",
  'SET binlog_row_image = NOBLOB',
  'UPDATE ways.facts SET n = 0 WHERE id = 1',
  'DELETE FROM ways.docs WHERE id = 2',
  'SET binlog_transaction_compression = ON, binlog_row_image = FULL',
  `INSERT INTO ways.facts (what, n) SELECT REPEAT('compressed ', 10), id FROM ways.facts LIMIT 20`,
  'CREATE TABLE ways.squeezed SELECT id, what, n FROM ways.facts',
  'BEGIN',
  "INSERT INTO ways.docs VALUES (3, '[]', REPEAT('b', 200000), NULL)",
  'SAVEPOINT here',
  "INSERT INTO ways.docs VALUES (4, '[]', NULL, 'never')",
  "UPDATE ways.facts SET what = 'never'",
  'ROLLBACK TO SAVEPOINT here',
  "INSERT INTO ways.docs VALUES (5, '[]', NULL, 'kept')",
  'COMMIT',
  'SET binlog_transaction_compression = OFF, foreign_key_checks = 0, unique_checks = 0',
  'INSERT INTO ways.children VALUES (9, 99)',
  'DELETE FROM ways.parents WHERE id = 2',
  'SET foreign_key_checks = 1',
  'DELETE FROM ways.parents WHERE id = 1',
  "SET gtid_next = 'AUTOMATIC:nightly'",
  "INSERT INTO ways.facts (what) VALUES ('tagged')",
  "SET gtid_next = 'AUTOMATIC'",
  'CREATE TABLE ways.unlogged (id INT PRIMARY KEY)',
  'SET sql_log_bin = 0',
  'INSERT INTO ways.unlogged VALUES (1)',
]

/** More than 20 MB of row events in one transaction: twenty times what a binlog here may hold. */
const big: Chapter = [
  'CREATE TABLE ways.big (id INT PRIMARY KEY, v VARCHAR(1024) CHARACTER SET ascii)',
  'SET cte_max_recursion_depth = 100000',
  'BEGIN',
  `INSERT INTO ways.big WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 20000)
     SELECT n, REPEAT(SHA2(n, 512), 8) FROM r`,
  'DELETE FROM ways.big WHERE id MOD 10 <> 0',
  'COMMIT',
]

const checksumsOff: Chapter = [
  'SET GLOBAL binlog_checksum = NONE',
  "INSERT INTO ways.facts (what) VALUES ('without a checksum')",
  'FLUSH BINARY LOGS',
  'ALTER EVENT ways.later ON SCHEDULE EVERY 2 HOUR',
  'SET GLOBAL binlog_checksum = CRC32',
  "INSERT INTO ways.facts (what) VALUES ('with one')",
]

const xid = (name: string): string => `'${name}', X'00FF', 7`

/** The data of the transaction stays prepared, of whom nobody holds the connection. */
const prepare = (name: string): Chapter => [
  `XA START ${xid(name)}`,
  `INSERT INTO ways.links (note) VALUES ('${name}')`,
  `XA END ${xid(name)}`,
  `XA PREPARE ${xid(name)}`,
]

const distributed: Chapter = [
  ...prepare('rolled back'),
  ...prepare('committed'),
  "INSERT INTO ways.facts (what) VALUES ('between')",
  'FLUSH BINARY LOGS',
  `XA COMMIT ${xid('committed')}`,
  `XA ROLLBACK ${xid('rolled back')}`,
  ...prepare('in one').slice(0, 3),
  `XA COMMIT ${xid('in one')} ONE PHASE`,
]

const runAll = async (connection: Connection, chapter: Chapter): Promise<void> => {
  for (const statement of chapter) await runSql(connection, statement)
}

/** Statements on a connection that stays open for more. */
const open = async (donor: Instance, chapter: Chapter, login?: Login): Promise<Connection> => {
  const connection = await connect(donor, login)
  await runAll(connection, chapter)
  return connection
}

const play = async (donor: Instance, chapter: Chapter, login?: Login): Promise<void> => {
  const connection = await open(donor, chapter, login)
  await connection.end()
}

const temporaryTable = (name: string): Chapter => [
  'SET binlog_format = STATEMENT',
  `CREATE TEMPORARY TABLE ways.${name} (n INT PRIMARY KEY, v VARCHAR(40))`,
  `INSERT INTO ways.${name} VALUES (1, 'one'), (2, 'two')`,
]

const useOf = (name: string): Chapter => [
  `UPDATE ways.${name} SET v = CONCAT(v, '!')`,
  `INSERT INTO ways.links SELECT n, v FROM ways.${name} ORDER BY n`,
]

/**
 * Of two clients at once, across binlogs and an event, which an applier does not run; one of them goes without
 * dropping it.
 */
const temporaryTables = async (donor: Instance): Promise<void> => {
  const one = await open(donor, temporaryTable('scratch'))
  const other = await open(donor, temporaryTable('scratch'))
  await runAll(one, useOf('scratch'))
  await donor.sql('FLUSH BINARY LOGS')
  await runAll(other, useOf('scratch'))
  await runAll(one, useOf('scratch'))
  await donor.sql('CREATE EVENT ways.between ON SCHEDULE EVERY 1 DAY DO DELETE FROM ways.links')
  await runAll(one, useOf('scratch'))
  await one.end()
  await donor.sql("INSERT INTO ways.facts (what) VALUES ('one has gone')")
  await runAll(other, [...useOf('scratch'), 'DROP TEMPORARY TABLE ways.scratch'])
  await other.end()
}

/** CHECKSUM TABLE gives another number on every connection when there is a multi-valued index. */
export const withoutChecksum = 'ways.tagged'

/** Holds one row, which is not in the binlog. */
export const unlogged = 'ways.unlogged'

/** What is prepared when the history ends. */
export const leftXid = xid('left')

export interface RichHistory {
  /** GTID of a DELETE that is to be undone, and of a transaction after it. */
  readonly accident: string
  readonly afterAccident: string
  /** Ends the connections that were still open when the history ended. */
  close(): void
}

const lastGtid = async (donor: Instance): Promise<string> => {
  const [[set = ''] = []] = await donor.sql('SELECT @@global.gtid_executed')
  return set.replace(/:(?:\d+-)?(\d+)$/u, ':$1')
}

export const beginRichHistory = (donor: Instance): Promise<void> => play(donor, beginning)

/** Plays it: some seconds. */
export const playRichHistory = async (donor: Instance): Promise<RichHistory> => {
  await donor.sql("INSERT INTO ways.orders VALUES (3, 'before the accident')")
  await donor.sql('DELETE FROM ways.orders')
  const accident = await lastGtid(donor)
  await donor.sql("INSERT INTO ways.orders VALUES (4, 'after the accident')")
  const afterAccident = await lastGtid(donor)
  await temporaryTables(donor)
  const file = join(donor.dir, 'loaded.txt')
  await writeFile(file, 'one\t1\ntwo\t2\n')
  const chapters = [
    statementFormat,
    mixedFormat,
    otherZones,
    definitions,
    programs,
    accounts,
    events,
    rowImages,
    big,
    checksumsOff,
    distributed,
    [
      'SET binlog_format = STATEMENT',
      `LOAD DATA INFILE '${file}' INTO TABLE ways.facts (what, n) SET at = NOW()`,
    ],
  ]
  for (const chapter of chapters) await play(donor, chapter)
  await play(donor, makersOwn, maker)
  const client = await open(donor, temporaryTable('kept'))
  await play(donor, prepare('left'))
  return {
    accident,
    afterAccident,
    close: () => {
      client.destroy()
    },
  }
}
