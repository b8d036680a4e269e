// Clients that keep a server busy with small transactions while something else is tried on it.
import type { Connection } from 'mysql2/promise'
import type { Instance } from './instance.ts'
import { connect, runSql } from './sql.ts'

/** Every transaction adds a transfer of three rows whose amounts sum to 0, or removes a whole one. */
const createTables = `
  CREATE DATABASE IF NOT EXISTS shop;
  CREATE TABLE IF NOT EXISTS shop.transfers (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    writer INT NOT NULL, number INT NOT NULL, amount INT NOT NULL, note VARCHAR(600) NOT NULL,
    KEY (writer, number))`

const transfersKept = 40
/** Deadlock and lock wait timeout: the transaction is rolled back and tried again. */
const retryErrors = new Set([1205, 1213])

export interface Writers extends AsyncDisposable {
  /** How many transactions the server has confirmed so far. */
  committed(): number
  /**
   * Lets each writer end its transaction and resolves with how many the server confirmed. Writers
   * whose server went away have ended by then. @throws the first other error a writer met.
   */
  stop(): Promise<number>
}

interface Orders {
  readonly table: string
  readonly rows: number
}

const findOrders = async (connection: Connection): Promise<readonly Orders[]> => {
  const tables = await runSql(
    connection,
    `SELECT CONCAT('shop.', table_name) FROM information_schema.tables
     WHERE table_schema = 'shop' AND table_name LIKE 'orders%'`,
  )
  const orders: Orders[] = []
  for (const [table = ''] of tables) {
    const [row] = await runSql(connection, `SELECT COALESCE(MAX(id), 1) FROM ${table}`)
    orders.push({ table, rows: Number(row?.[0]) })
  }
  return orders
}

const randomBelow = (limit: number): number => Math.floor(Math.random() * limit)

const changeOrders = ({ table, rows }: Orders): readonly string[] => {
  const id = 1 + randomBelow(rows)
  return [
    `UPDATE ${table} SET state = 'sent', amount = amount + 1 WHERE id BETWEEN ${id} AND ${id + 9}`,
    `DELETE FROM ${table} WHERE id = ${id + 10}`,
  ]
}

/** The statements of one transaction: inserts, updates and deletes, in transfers and in orders. */
const transaction = (writer: number, number: number, orders: readonly Orders[]): string => {
  const amount = 1 + randomBelow(1000)
  const note = `REPEAT(SHA2('${writer}/${number}', 256), ${1 + randomBelow(8)})`
  const row = (value: number) => `(${writer}, ${number}, ${value}, ${note})`
  const some = orders[randomBelow(orders.length)]
  return [
    'START TRANSACTION',
    `INSERT INTO shop.transfers (writer, number, amount, note)
     VALUES ${row(amount)}, ${row(amount)}, ${row(-2 * amount)}`,
    `UPDATE shop.transfers SET note = CONCAT('seen ', LEFT(note, 200))
     WHERE writer = ${writer} AND number = ${number - 1 - randomBelow(10)}`,
    `DELETE FROM shop.transfers
     WHERE writer = ${writer} AND number = ${number - transfersKept}`,
    ...(some ? changeOrders(some) : []),
    'COMMIT',
  ].join(';\n')
}

/** Says whether an error means that the server went away, as tests make it do. */
const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  (('fatal' in error && error.fatal === true) || ('errno' in error && error.errno === 1053))

const isRetryable = (error: unknown): boolean =>
  error instanceof Error && 'errno' in error && retryErrors.has(Number(error.errno))

/** Runs one transaction. False: it was rolled back, or the server is gone before it confirmed. */
const commitOne = async (
  connection: Connection,
  text: string,
): Promise<'done' | 'retry' | 'lost'> => {
  try {
    await runSql(connection, text)
    return 'done'
  } catch (error) {
    if (isLost(error)) return 'lost'
    if (!isRetryable(error)) throw error
    await runSql(connection, 'ROLLBACK')
    return 'retry'
  }
}

/**
 * Starts `count` writers, each with one connection, on `shop.transfers` and, where they exist, on
 * the tables of loadTables. SUM(amount) over shop.transfers is 0 at every transaction boundary, and
 * every (writer, number) in it has three rows.
 */
export const startWriters = async (
  instance: Pick<Instance, 'sql' | 'socket'>,
  count: number,
): Promise<Writers> => {
  await instance.sql(createTables)
  const connections = await Promise.all(Array.from({ length: count }, () => connect(instance)))
  const stopping = new AbortController()
  let committed = 0

  const write = async (connection: Connection, writer: number): Promise<void> => {
    const orders = await findOrders(connection)
    const [last] = await runSql(
      connection,
      `SELECT COALESCE(MAX(number), 0) FROM shop.transfers WHERE writer = ${writer}`,
    )
    let number = Number(last?.[0]) + 1
    while (!stopping.signal.aborted) {
      const outcome = await commitOne(connection, transaction(writer, number, orders))
      if (outcome === 'lost') return
      if (outcome === 'retry') continue
      committed += 1
      number += 1
    }
  }

  const running = connections.map((connection, index) =>
    write(connection, index + 1).finally(() => {
      connection.destroy()
    }),
  )
  // Failures are reported by stop(); until then they must not count as unhandled.
  const finished = Promise.allSettled(running)
  const stop = async (): Promise<number> => {
    stopping.abort()
    await finished
    await Promise.all(running)
    return committed
  }
  return {
    committed: () => committed,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
    },
  }
}
