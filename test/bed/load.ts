// Fills a server with tables that look like a shop's, fast: the server makes the rows itself. The
// same call always makes the same rows.
import type { Instance } from './instance.ts'
import { connect, runSql } from './sql.ts'

export { startWriters, type Writers } from './writers.ts'

/** The database that loadTables fills. */
export const shopDatabase = 'shop'

/** Bytes on disk that one row of an orders table takes with its two indexes, measured. */
const bytesPerRow = 363
const rowsPerBatch = 25_000
const connections = 2

export interface LoadOptions {
  /** About how many bytes the tables' files shall take together. */
  readonly bytes: number
  /** How many tables: shop.orders_1 and so on. Four without it. */
  readonly tables?: number
}

export interface LoadResult {
  /** Names with their database, such as `shop.orders_1`. */
  readonly tables: readonly string[]
  readonly rowsPerTable: number
}

const createTable = (table: string): string => `CREATE TABLE ${table} (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer INT NOT NULL,
  placed DATETIME(3) NOT NULL,
  state ENUM('open', 'paid', 'sent', 'returned') NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  address VARCHAR(120) NOT NULL,
  note VARCHAR(400) NOT NULL,
  KEY (customer), KEY (placed))`

/** One INSERT for rows `first` to `last`; hashes make them hard to compress, as real text is not. */
const insertRows = (table: string, first: number, last: number): string => `
  INSERT INTO ${table} (customer, placed, state, amount, address, note)
  WITH RECURSIVE r (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM r WHERE n < ${last})
  SELECT n * 7919 MOD 99991,
    TIMESTAMP('2026-01-01') + INTERVAL n * 37 SECOND,
    1 + n MOD 4,
    n * 31 MOD 100000 / 100,
    CONCAT('Street ', n MOD 977, ', ', 10000 + n MOD 8999, ' Town of ', n MOD 61),
    CONCAT('parcel ', n, ': ', SHA2(n, 512), ' please leave it at the door')
  FROM r`

const fillTable = async (
  instance: Pick<Instance, 'sql' | 'socket'>,
  table: string,
  rows: number,
): Promise<void> => {
  const connection = await connect(instance)
  try {
    // Not in the binlog: this is the data that was always there, and half the writing.
    await runSql(
      connection,
      `SET sql_log_bin = 0, cte_max_recursion_depth = ${rowsPerBatch}; ${createTable(table)}`,
    )
    for (let first = 1; first <= rows; first += rowsPerBatch) {
      await runSql(connection, insertRows(table, first, Math.min(rows, first + rowsPerBatch - 1)))
    }
  } finally {
    connection.destroy()
  }
}

/**
 * Creates the database `shop` with orders tables of about this size, without writing them to the
 * binlog. About 300 MB take six seconds on two cores.
 */
export const loadTables = async (
  instance: Pick<Instance, 'sql' | 'socket'>,
  options: LoadOptions,
): Promise<LoadResult> => {
  const count = options.tables ?? 4
  const rowsPerTable = Math.max(1, Math.round(options.bytes / bytesPerRow / count))
  const tables = Array.from({ length: count }, (_, n) => `${shopDatabase}.orders_${n + 1}`)
  await instance.sql(`SET sql_log_bin = 0; CREATE DATABASE ${shopDatabase}`)
  const waiting = [...tables]
  const fillNext = async (): Promise<void> => {
    for (let table = waiting.shift(); table !== undefined; table = waiting.shift()) {
      await fillTable(instance, table, rowsPerTable)
    }
  }
  await Promise.all(Array.from({ length: connections }, fillNext))
  return { tables, rowsPerTable }
}
