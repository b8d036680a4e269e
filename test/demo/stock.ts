// The database `stock`: one table of each kind that a backup has to get right.
import type { Change } from './change.ts'

/** Rows numbered from `first` to `last`, for INSERT ... WITH. */
export const numbers = (first: number, last: number): string =>
  `WITH RECURSIVE r (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM r WHERE n < ${last})`

const fill = (table: string, columns: string, rows: number): string =>
  `INSERT INTO stock.${table} ${numbers(1, rows)} SELECT ${columns} FROM r`

const plainTable = (name: string): string => `
  CREATE TABLE stock.${name} (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(120) NOT NULL, amount INT NOT NULL, KEY (name));
  ${fill(name, `n, CONCAT('${name} ', SHA2(n, 256)), n * 17 MOD 1000`, 900)}`

/** Tables that are dropped, renamed, truncated and so on later. */
export const stock: readonly Change[] = [
  {
    what: 'five plain tables: parts, offers, prices, basket, suppliers',
    sql: `CREATE DATABASE stock;
      ${['parts', 'offers', 'prices', 'basket', 'suppliers'].map(plainTable).join(';')}`,
  },
  {
    what: 'pictures: 30 BLOBs of up to 300 kB',
    sql: `CREATE TABLE stock.pictures (id INT NOT NULL PRIMARY KEY, picture LONGBLOB NOT NULL);
      ${fill('pictures', 'n, REPEAT(RANDOM_BYTES(1000), 10 * n)', 30)}`,
  },
  {
    what: 'letters: ROW_FORMAT=COMPRESSED with pages of 8 kB',
    sql: `CREATE TABLE stock.letters (
        id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, body TEXT NOT NULL
      ) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
      ${fill('letters', `n, CONCAT('Dear customer ', REPEAT(SHA2(n, 256), 8))`, 900)}`,
  },
  {
    what: 'visits: partitioned by month',
    sql: `CREATE TABLE stock.visits (id INT NOT NULL, day DATE NOT NULL, PRIMARY KEY (id, day))
      PARTITION BY RANGE COLUMNS (day) (
        PARTITION may VALUES LESS THAN ('2026-06-01'),
        PARTITION june VALUES LESS THAN ('2026-07-01'),
        PARTITION july VALUES LESS THAN ('2026-08-01'));
      ${fill('visits', `n, DATE('2026-05-01') + INTERVAL n MOD 90 DAY`, 900)}`,
  },
  {
    what: 'shelves: in the general tablespace hall_1',
    sql: `CREATE TABLESPACE hall_1 ADD DATAFILE 'hall_1.ibd';
      CREATE TABLE stock.shelves (
        id INT NOT NULL PRIMARY KEY, content VARCHAR(200) NOT NULL) TABLESPACE hall_1;
      ${fill('shelves', `n, CONCAT('shelf ', SHA2(n, 512))`, 900)}`,
  },
]
