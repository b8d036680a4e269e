// A full and two increments of tables to which something happened in between, with the real server's
// clone of every state to compare with.
import { cloneAndKeep } from './last-clone.ts'
import type { Stage } from './stage.ts'

/** Rows for a table of an id and a text; the recursion limit is set with the session. */
export const rows = (count: number): string =>
  `WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < ${count})
   SELECT n, REPEAT(SHA2(n, 256), 4) FROM r`

export const manyRows = 'SET cte_max_recursion_depth = 100000;'

/** Writes every page: what waits in memory would be in a clone's redo only. */
const flush = 'SELECT innodb_redo_log_sharp_checkpoint()'

const tables = ['still', 'dropped', 'renamed', 'rebuilt', 'left_hand', 'right_hand', '`l@0#g.`']

/**
 * Takes the clones `full`, `one` and `two` of the stage's emulator, with `one-real` and `two-real`.
 * t.kept, t.left_hand and t.right_hand are in all of them.
 */
export const takePlainChain = async ({ emulator, path }: Stage): Promise<void> => {
  const increment = (name: string, base: string): Promise<void> =>
    cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY = '${path(name)}' ENABLE PAGE TRACK
       INCREMENT BASED DIRECTORY = '${path(base)}'`,
      path(`${name}-real`),
    )
  await emulator.sql(`${manyRows} CREATE DATABASE t;
    CREATE TABLE t.kept (id INT PRIMARY KEY, s VARCHAR(300)); INSERT INTO t.kept ${rows(5000)};
    ${tables.map((name) => `CREATE TABLE t.${name} LIKE t.kept; INSERT INTO t.${name} ${rows(500)};`).join('\n')}
    CREATE TABLE t.parts (id INT PRIMARY KEY, s VARCHAR(300)) PARTITION BY KEY (id) PARTITIONS 2;
    INSERT INTO t.parts ${rows(500)}`)
  await emulator.donor.sql(flush)
  await emulator.sql(`CLONE LOCAL DATA DIRECTORY = '${path('full')}' ENABLE PAGE TRACK`)
  await emulator.sql(`${manyRows} DROP TABLE t.dropped; RENAME TABLE t.renamed TO t.called;
    UPDATE t.kept SET s = 'changed' WHERE id % 10 = 0; ALTER TABLE t.rebuilt ENGINE = InnoDB;
    CREATE TABLE t.fresh LIKE t.kept; INSERT INTO t.fresh ${rows(3000)}`)
  await emulator.donor.sql(flush)
  await increment('one', 'full')
  await emulator.sql(`TRUNCATE TABLE t.called; DELETE FROM t.kept WHERE id > 4000;
    CREATE DATABASE later; CREATE TABLE later.a (id INT PRIMARY KEY)`)
  await increment('two', 'one')
}
