// Tables of every kind of tablespace there is: page sizes, compression, LOBs, general tablespaces,
// partitions, full-text indexes. Each is changed by `changeEightKinds` in every way rows can be.
import type { Instance } from '../../bed/instance.ts'

const rows = 3000

const plain = `(
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  k INT NOT NULL,
  s VARCHAR(600) NOT NULL,
  KEY (k))`

/** Definitions by table name, all in the database `kinds`. */
const definitions: Readonly<Record<string, string>> = {
  plain,
  compressed_8k: `${plain} ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8`,
  compressed_4k: `${plain} ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4`,
  punched: `${plain} COMPRESSION='zlib'`,
  lobs: `(
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    k INT NOT NULL,
    s LONGTEXT NOT NULL,
    doc JSON NULL,
    KEY (k))`,
  general: `${plain} TABLESPACE kinds_general`,
  partitioned: `${plain} PARTITION BY HASH (id) PARTITIONS 3`,
  searched: `(
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    k INT NOT NULL,
    s VARCHAR(600) NOT NULL,
    KEY (k), FULLTEXT KEY (s))`,
}

export const eightKinds: readonly string[] = Object.keys(definitions)

/** Hashes are hard to compress; words give a full-text index something to find. */
const text = (table: string, seed: string): string =>
  table === 'lobs'
    ? `REPEAT(SHA2(CONCAT(n, ${seed}), 512), IF(n MOD 50 = 0, 300, 1))`
    : `CONCAT_WS(' ', SHA2(CONCAT(n, ${seed}), 512), 'parcel', n MOD 97, SHA2(n, 512))`

const insertRows = (table: string, count: number, seed: string): string => `
  INSERT INTO kinds.${table} (k, s)
  WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < ${count})
  SELECT n * 7919 MOD 9973, ${text(table, seed)} FROM r`

export const createEightKinds = async (instance: Instance): Promise<void> => {
  await instance.sql(
    [
      'SET cte_max_recursion_depth = 100000',
      'CREATE DATABASE kinds',
      "CREATE TABLESPACE kinds_general ADD DATAFILE 'kinds_general.ibd'",
      ...Object.entries(definitions).flatMap(([table, definition]) => [
        `CREATE TABLE kinds.${table} ${definition}`,
        insertRows(table, rows, "'first'"),
      ]),
      `UPDATE kinds.lobs SET doc = JSON_OBJECT('n', id, 'tags', JSON_ARRAY(k, s))`,
    ].join(';\n'),
  )
}

/** Inserts, updates and deletes in each table; other `seed`, other values. */
export const changeEightKinds = async (instance: Instance, seed: string): Promise<void> => {
  await instance.sql(
    [
      'SET cte_max_recursion_depth = 100000',
      ...eightKinds.flatMap((table) => [
        insertRows(table, 200, `'${seed}'`),
        `UPDATE kinds.${table} SET s = REVERSE(s), k = k + 1 WHERE k MOD 23 = CRC32('${seed}') MOD 23`,
        `DELETE FROM kinds.${table} WHERE k MOD 61 = CRC32('${seed}') MOD 61`,
      ]),
      `UPDATE kinds.lobs SET doc = JSON_SET(COALESCE(doc, '{}'), '$.seed', '${seed}') WHERE id MOD 7 = 0`,
    ].join(';\n'),
  )
}
