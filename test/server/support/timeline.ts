// A donor with a history to travel in: a full, an increment, several binlogs, users and routines,
// and an accident. The state at each moment is noted when it passes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../../bed/instance.ts'
import { loadTables } from '../../bed/load.ts'
import { connect, runSql, type Login } from '../../bed/sql.ts'
import type { BackupDocument, Scene } from './scene.ts'
import {
  asTargetTime,
  clockOf,
  loggedIn,
  stateOf,
  type Server,
  type ServerState,
} from './server-state.ts'

/** A moment between two transactions, to the millisecond, and the donor as it was then. */
export interface Moment {
  readonly time: string
  readonly state: ServerState
}

export interface Timeline {
  readonly donor: Instance
  readonly full: BackupDocument
  readonly increment: BackupDocument
  readonly beforeFull: string
  /** Between the full and the increment. */
  readonly early: Moment
  /** Between two transactions that were committed in one second. */
  readonly withinSecond: Moment
  /** After users, routines, a trigger and an event were made and used. */
  readonly defined: Moment
  readonly beforeAccident: Moment
  readonly end: Moment
}

/** The donor's root; no account of the donor has an empty password. */
export const rootLogin: Login = { user: 'root', password: 'only the donor knows' }

/** What a backup account needs, and the binlogs besides. */
export const backupAccount = { user: 'backup', password: 'b ä#"\';%1' } as const

const accounts = `
  CREATE USER '${backupAccount.user}'@'127.0.0.1' IDENTIFIED BY '${backupAccount.password.replaceAll("'", "''")}';
  GRANT BACKUP_ADMIN, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO 'backup'@'127.0.0.1';
  GRANT SELECT ON performance_schema.* TO 'backup'@'127.0.0.1';
  ALTER USER root@localhost IDENTIFIED BY '${rootLogin.password ?? ''}'`

/** One by one: of several statements in one text the server keeps a semicolon in the trigger's body. */
const definitions = [
  "CREATE USER app@'%' IDENTIFIED BY 'app'",
  "GRANT SELECT, INSERT, EXECUTE ON shop.* TO app@'%'",
  `CREATE PROCEDURE shop.add_order(IN number INT)
   BEGIN
     INSERT INTO shop.pair VALUES (number);
     INSERT INTO shop.pair VALUES (number + 1);
   END`,
  `CREATE TRIGGER shop.note_pair AFTER INSERT ON shop.pair FOR EACH ROW
   INSERT INTO shop.log (what) VALUES (CONCAT('pair ', NEW.id))`,
  'CREATE EVENT shop.tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO shop.ticks VALUES (NOW(6))',
  'CALL shop.add_order(5000)',
]

/** Notes the moment after everything committed so far, and lets a little time pass. */
const note = async (donor: Server): Promise<Moment> => {
  const time = asTargetTime(await clockOf(donor))
  await sleep(10)
  return { time, state: await stateOf(donor) }
}

const secondOf = (micros: bigint): bigint => micros / 1_000_000n

/** What of the state one statement on shop.pair changes, asked in a moment. */
const pairState = async (donor: Server) => {
  const rows = await donor.sql('CHECKSUM TABLE shop.pair; SELECT @@global.gtid_executed')
  return { checksum: rows[0]?.[1] ?? '', gtid: (rows[1]?.[0] ?? '').replaceAll('\n', '') }
}

/** Two transactions 30 ms apart in one second; the busy machine may need several tries. */
const splitSecond = async (donor: Server): Promise<Moment> => {
  const state = await stateOf(donor)
  for (let id = 1; id < 100; id += 2) {
    const [row] = await donor.sql(`INSERT INTO shop.pair VALUES (${id}); SELECT UTC_TIMESTAMP(6)`)
    const first = await clockOf(donor)
    const { checksum, gtid } = await pairState(donor)
    await sleep(30)
    await donor.sql(`INSERT INTO shop.pair VALUES (${id + 1})`)
    if (row === undefined || secondOf(first) !== secondOf(await clockOf(donor))) continue
    const checksums = { ...state.checksums, 'shop.pair': checksum }
    return { time: asTargetTime(first), state: { ...state, checksums, gtid } }
  }
  throw new Error('no two transactions fitted into one second')
}

/** Begins a transaction before `work` that is committed after it. */
const acrossCommit = async <T>(donor: Instance, work: () => Promise<T>): Promise<T> => {
  const connection = await connect(donor, rootLogin)
  await runSql(connection, "START TRANSACTION; INSERT INTO shop.log (what) VALUES ('begun early')")
  const result = await work()
  await runSql(connection, 'COMMIT')
  await connection.end()
  return result
}

const change = (seed: number): string =>
  `UPDATE shop.orders_1 SET note = CONCAT('${seed} ', LEFT(note, 100)) WHERE id MOD 7 = ${seed} MOD 7;
   DELETE FROM shop.orders_2 WHERE id MOD 31 = ${seed} MOD 31;
   INSERT INTO shop.log (what) VALUES ('change ${seed}');
   FLUSH BINARY LOGS`

/** Plays it: about ten seconds. The scene's option file then holds the backup account, over TCP. */
export const playTimeline = async (
  scene: Scene,
  options: readonly string[] = [],
): Promise<Timeline> => {
  const instance = await scene.server('donor', ['event_scheduler=OFF', ...options])
  await loadTables(instance, { bytes: 3_000_000, tables: 2 })
  await instance.sql(`
    CREATE TABLE shop.pair (id INT PRIMARY KEY); CREATE TABLE shop.ticks (at DATETIME(6));
    CREATE TABLE shop.log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(80)); ${accounts}`)
  const donor = loggedIn(instance, rootLogin)
  const password = backupAccount.password.replaceAll('"', '\\"')
  const client = ['host=127.0.0.1', `port=${instance.port}`, `user=${backupAccount.user}`]
  await scene.useDonor(instance, [...client, `password="${password}"`])

  const beforeFull = asTargetTime(await clockOf(donor))
  const full = await scene.backup('full')
  await donor.sql(change(1))
  const early = await note(donor)
  await donor.sql(change(2))
  const increment = await scene.backup('incr')
  await donor.sql(change(3))
  const withinSecond = await acrossCommit(instance, () => splitSecond(donor))
  await donor.sql(change(4))
  for (const statement of definitions) await donor.sql(statement)
  const defined = await note(donor)
  await donor.sql(change(5))
  const beforeAccident = await note(donor)
  await donor.sql('DROP TABLE shop.orders_2; DELETE FROM shop.orders_1')
  await donor.sql("FLUSH BINARY LOGS; INSERT INTO shop.log (what) VALUES ('after the accident')")
  const end = await note(donor)
  await donor.sql("INSERT INTO shop.log (what) VALUES ('the last')")
  return {
    donor: instance,
    ...{ full, increment, beforeFull, early, withinSecond, defined, beforeAccident, end },
  }
}
