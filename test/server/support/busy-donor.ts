// A donor that several clients change at once, tables being made, altered and dropped among it, and moments at which it
// was stopped for an instant to note exactly what it held.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from 'mysql2/promise'
import type { Instance } from '../../bed/instance.ts'
import { connect, runSql } from '../../bed/sql.ts'
import { stateOf, type ServerState } from './server-state.ts'

export interface BusyMoment {
  readonly state: ServerState
  /** The last transaction before the moment. */
  readonly lastGtid: string
  readonly file: string
  readonly position: number
}

export interface BusyDonor {
  /** Holds all commits back for an instant. */
  note(): Promise<BusyMoment>
  stop(): Promise<void>
}

const tables = ['a', 'b', 'c'].map((name) => `busy.${name}`)
/** Deadlock, lock wait timeout, table gone, column or key there or not there: others were quicker. */
const expected = new Set([1205, 1213, 1146, 1050, 1060, 1091, 1054, 1051, 1412, 1061, 1176])

const below = (limit: number): number => Math.floor(Math.random() * limit)
const pick = <T>(list: readonly T[]): T => {
  const item = list[below(list.length)]
  if (item === undefined) throw new Error('nothing to pick')
  return item
}

const changes: readonly ((table: string) => string)[] = [
  (table) => `INSERT INTO ${table} (k, v) VALUES (${below(1000)}, REPEAT('x', ${below(300)}))`,
  (table) =>
    `UPDATE ${table} SET k = k + 1, v = LEFT(CONCAT('é', v), 300) WHERE id MOD 7 = ${below(7)}`,
  (table) => `DELETE FROM ${table} WHERE id MOD 50 = ${below(50)}`,
  (table) =>
    `BEGIN; INSERT INTO ${table} (k, v) VALUES (1, 'one'), (2, 'two'); UPDATE ${pick(tables)} SET v = 'both' LIMIT 3; COMMIT`,
  (table) => `BEGIN; INSERT INTO ${table} (k, v) VALUES (9, 'never'); ROLLBACK`,
  (table) => `INSERT INTO ${table} (k, v) SELECT k, v FROM ${pick(tables)} LIMIT 40`,
]

const definitions: readonly (() => string)[] = [
  () => `ALTER TABLE ${pick(tables)} ADD COLUMN extra_${below(3)} INT DEFAULT ${below(9)}`,
  () => `ALTER TABLE ${pick(tables)} DROP COLUMN extra_${below(3)}`,
  () => `CREATE TABLE busy.made_${below(3)} AS SELECT * FROM ${pick(tables)} LIMIT 20`,
  () => `DROP TABLE busy.made_${below(3)}`,
  () => `TRUNCATE TABLE busy.made_${below(3)}`,
  () => `RENAME TABLE busy.made_${below(3)} TO busy.made_${below(3)}`,
  () => `CREATE INDEX by_k ON ${pick(tables)} (k)`,
  () => `DROP INDEX by_k ON ${pick(tables)}`,
  () => `CREATE OR REPLACE VIEW busy.sight AS SELECT k FROM ${pick(tables)} WHERE k > ${below(9)}`,
  () => `ALTER TABLE ${pick(tables)} ENGINE = InnoDB`,
]

const worker = async (
  connection: Connection,
  statement: () => string,
  goesOn: () => boolean,
): Promise<void> => {
  while (goesOn()) {
    try {
      await runSql(connection, statement())
    } catch (error) {
      await runSql(connection, 'ROLLBACK')
      const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0
      if (!expected.has(errno)) throw error
    }
  }
}

/** Makes the tables and starts the clients. */
export const startBusyDonor = async (donor: Instance): Promise<BusyDonor> => {
  await donor.sql('CREATE DATABASE busy')
  for (const table of tables)
    await donor.sql(
      `CREATE TABLE ${table} (id INT AUTO_INCREMENT PRIMARY KEY, k INT, v VARCHAR(301));
       INSERT INTO ${table} (k, v) VALUES (1, 'begin'), (2, 'begin'), (3, 'begin')`,
    )
  let isRunning = true
  const goesOn = (): boolean => isRunning
  const clients = await Promise.all(Array.from({ length: 5 }, () => connect(donor)))
  const work = clients.map((client, index) =>
    worker(
      client,
      index === 0
        ? () => `DO SLEEP(0.02); ${pick(definitions)()}`
        : () => `DO SLEEP(0.002); ${pick(changes)(pick(tables))}`,
      goesOn,
    ),
  )
  return {
    note: () => noteMoment(donor),
    async stop() {
      isRunning = false
      await Promise.all(work)
      for (const client of clients) client.destroy()
    },
  }
}

const noteMoment = async (donor: Instance): Promise<BusyMoment> => {
  const holder = await connect(donor)
  try {
    await runSql(holder, 'FLUSH TABLES WITH READ LOCK')
    const [status = []] = await runSql(holder, 'SHOW BINARY LOG STATUS')
    const state = await stateOf(donor)
    const [, uuid = '', last = ''] = /^(.*):(?:\d+-)?(\d+)$/u.exec(state.gtid) ?? []
    const [file = '', position] = status
    return { state, lastGtid: `${uuid}:${last}`, file, position: Number(position) }
  } finally {
    holder.destroy()
  }
}

/** When each transaction was committed, in microseconds, in the order of the binlogs: told by mysqlbinlog. */
export const commitTimes = async (donor: Instance): Promise<ReadonlyMap<string, bigint>> => {
  const names = (await readdir(donor.datadir)).filter((name) => /^binlog\.\d+$/u.test(name))
  const { stdout } = await promisify(execFile)(
    join(donor.basedir.path, 'bin', 'mysqlbinlog'),
    [
      '--no-defaults',
      '--base64-output=decode-rows',
      ...names.toSorted().map((name) => join(donor.datadir, name)),
    ],
    { maxBuffer: 1 << 30 },
  )
  const found = stdout.matchAll(
    /^# immediate_commit_timestamp=(\d+)[^]*?^SET @@SESSION\.GTID_NEXT= '([^']+)'/gmu,
  )
  return new Map([...found].map(([, micros = '', gtid = '']) => [gtid, BigInt(micros)]))
}
