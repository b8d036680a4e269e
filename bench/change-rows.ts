// The load that a replay is measured with: 200,000 row changes in transactions of very different sizes.
import { connect, runSql } from '../test/bed/sql.ts'
import type { Instance } from '../test/bed/instance.ts'

const table = 'shop.ledger'
const writers = 4
const smallTransactions = 20_000

/** Numbers 0 to count - 1 as a derived table. */
const numbers = (count: number): string =>
  `WITH RECURSIVE r (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < ${count - 1})`

const insertMany = (round: number): string =>
  `INSERT INTO ${table} (account, note) ${numbers(1000)}
   SELECT (n * 31 + ${round}) MOD 977, REPEAT('x', n MOD 100) FROM r`

const updateMany = (round: number): string =>
  `UPDATE ${table} SET account = account + 1, note = CONCAT('u', ${round}, note)
   WHERE id BETWEEN ${round * 1000 + 1} AND ${round * 1000 + 1000}`

/** Makes the table that the changes go to; it belongs to the backup. */
export const makeLedger = async (donor: Instance): Promise<void> => {
  await donor.sql(`CREATE TABLE ${table} (
    id BIGINT AUTO_INCREMENT PRIMARY KEY, account INT, note VARCHAR(200), KEY (account))`)
}

const writeSmall = async (donor: Instance, writer: number): Promise<void> => {
  const connection = await connect(donor)
  const statements = Array.from(
    { length: 100 },
    (_, n) => `INSERT INTO ${table} (account, note) VALUES (${n}, 'from ${writer}')`,
  ).join(';')
  try {
    for (let sent = 0; sent < smallTransactions / writers; sent += 100)
      await runSql(connection, statements)
  } finally {
    connection.destroy()
  }
}

/**
 * 100 transactions that insert 1000 rows, 80 that update 1000, and 20,000 of one row by four clients at
 * once, so that the server's group commit has something to group.
 */
export const changeRows = async (donor: Instance): Promise<void> => {
  for (let round = 0; round < 100; round += 1) await donor.sql(insertMany(round))
  for (let round = 0; round < 80; round += 1) await donor.sql(updateMany(round))
  await Promise.all(Array.from({ length: writers }, (_, writer) => writeSmall(donor, writer)))
}

/** What the data comes to: a checksum of the table and the executed GTIDs. */
export const stateOfLedger = async (server: Pick<Instance, 'socket'>): Promise<string> => {
  const connection = await connect(server)
  try {
    const rows = await runSql(connection, `CHECKSUM TABLE ${table}; SELECT @@GLOBAL.gtid_executed`)
    return JSON.stringify(rows)
  } finally {
    connection.destroy()
  }
}
