// What happens to the donor between the backups, and after the last of them.
import type { Change } from './change.ts'
import { numbers } from './stock.ts'

/** Between the full and the first increment. */
export const beforeFirstIncrement: readonly Change[] = [
  {
    what: 'a new table, stock.returns, with 900 rows',
    sql: `CREATE TABLE stock.returns (id INT NOT NULL PRIMARY KEY, why VARCHAR(100) NOT NULL);
      INSERT INTO stock.returns ${numbers(1, 900)} SELECT n, CONCAT('too late ', SHA2(n, 256)) FROM r`,
  },
  { what: 'stock.offers is dropped', sql: 'DROP TABLE stock.offers' },
  {
    what: 'stock.prices is renamed to stock.old_prices',
    sql: 'RENAME TABLE stock.prices TO stock.old_prices',
  },
  { what: 'stock.basket is truncated', sql: 'TRUNCATE TABLE stock.basket' },
  {
    what: 'stock.suppliers gets a column and an index and is rebuilt',
    sql: `ALTER TABLE stock.suppliers
        ADD COLUMN country CHAR(2) NOT NULL DEFAULT 'IS' AFTER name,
        ADD KEY (amount), ALGORITHM=INPLACE;
      ALTER TABLE stock.suppliers MODIFY amount BIGINT NOT NULL, ALGORITHM=COPY`,
  },
  {
    what: 'ten pictures are replaced, five are removed',
    sql: `UPDATE stock.pictures SET picture = REPEAT(RANDOM_BYTES(500), 30 * id) WHERE id <= 10;
      DELETE FROM stock.pictures WHERE id > 25`,
  },
  {
    what: 'half of the compressed letters are rewritten',
    sql: `UPDATE stock.letters SET body = CONCAT('Dear friend ', REPEAT(SHA2(id + 1, 256), 9))
      WHERE id MOD 2 = 0`,
  },
  {
    what: 'stock.visits gets a partition for August and loses the one for May',
    sql: `ALTER TABLE stock.visits ADD PARTITION (
        PARTITION august VALUES LESS THAN ('2026-09-01'));
      ALTER TABLE stock.visits DROP PARTITION may;
      INSERT INTO stock.visits ${numbers(1, 300)} SELECT n, '2026-08-15' FROM r`,
  },
  {
    what: 'a second table moves into the general tablespace',
    sql: `ALTER TABLE stock.basket TABLESPACE hall_1;
      INSERT INTO stock.basket (name, amount) ${numbers(1, 400)} SELECT SHA2(n, 224), n FROM r`,
  },
]

/** Between the first increment and the second. */
export const beforeSecondIncrement: readonly Change[] = [
  {
    what: 'stock.returns is truncated and filled anew',
    sql: `TRUNCATE TABLE stock.returns;
      INSERT INTO stock.returns ${numbers(1, 500)} SELECT n, CONCAT('broken ', SHA2(n, 256)) FROM r`,
  },
  {
    what: 'a column is added in an instant to stock.old_prices',
    sql: `ALTER TABLE stock.old_prices ADD COLUMN valid_to DATE, ALGORITHM=INSTANT;
      UPDATE stock.old_prices SET valid_to = '2026-11-20' WHERE id MOD 3 = 0`,
  },
  { what: 'stock.letters is rebuilt', sql: 'ALTER TABLE stock.letters ENGINE=InnoDB' },
  {
    what: 'twenty pictures come in',
    sql: `INSERT INTO stock.pictures ${numbers(31, 50)}
      SELECT n, REPEAT(RANDOM_BYTES(1000), 5 * n) FROM r`,
  },
  {
    what: 'another general tablespace, hall_2, with a compressed table',
    sql: `CREATE TABLESPACE hall_2 ADD DATAFILE 'hall_2.ibd' FILE_BLOCK_SIZE = 8192;
      CREATE TABLE stock.crates (id INT NOT NULL PRIMARY KEY, content TEXT NOT NULL)
        TABLESPACE hall_2 ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
      INSERT INTO stock.crates ${numbers(1, 900)} SELECT n, REPEAT(SHA2(n, 256), 6) FROM r`,
  },
  {
    what: 'the last change to a table that is then dropped: stock.shelves',
    sql: 'UPDATE stock.shelves SET content = UPPER(content); DROP TABLE stock.shelves',
  },
]

/** After the last backup: only the binlogs know of these. */
export const afterLastBackup: readonly Change[] = [
  {
    what: 'a new table, stock.invoices',
    sql: `CREATE TABLE stock.invoices (id INT NOT NULL PRIMARY KEY, total DECIMAL(10, 2) NOT NULL);
      INSERT INTO stock.invoices ${numbers(1, 900)} SELECT n, n * 3.25 FROM r`,
  },
  { what: 'stock.old_prices is dropped', sql: 'DROP TABLE stock.old_prices' },
  { what: 'the server begins a new binlog', sql: 'FLUSH BINARY LOGS' },
  {
    what: 'three pictures are replaced',
    sql: `UPDATE stock.pictures SET picture = REPEAT(RANDOM_BYTES(700), 250) WHERE id IN (3, 14, 41)`,
  },
  {
    what: 'the partition for June is emptied',
    sql: 'ALTER TABLE stock.visits TRUNCATE PARTITION june',
  },
]

/** What nobody wanted. */
export const accident: readonly Change[] = [
  { what: 'DROP TABLE stock.parts', sql: 'DROP TABLE stock.parts' },
  { what: 'DELETE FROM shop.orders_1, without WHERE', sql: 'DELETE FROM shop.orders_1' },
]
