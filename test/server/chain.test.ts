// One chain from a full through everything that can happen to a server. After every increment the
// restored directory is compared with the donor: byte by byte where it was quiet, by its rows and
// GTIDs where writers were at work.
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { startWriters } from '../bed/load.ts'
import { connect, runSql } from '../bed/sql.ts'
import type { Manifest } from '../../src/repository/manifest.ts'
import { changeEightKinds, createEightKinds } from './support/eight-kinds.ts'
import { clonePaths, compareClones, takeOwnClone, untilQuiet } from './support/own-clone.ts'
import { discard, makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf, stateOf, type ServerState } from './support/server-state.ts'

const undoOptions = [
  'innodb_undo_log_truncate=ON',
  'innodb_max_undo_log_size=20M',
  // Every purge looks whether there is something to truncate.
  'innodb_purge_rseg_truncate_frequency=1',
  // A quiet server shall be quiet.
  'innodb_stats_auto_recalc=OFF',
]

let scene: Scene
let donor: Instance
const states = new Map<string, ServerState>()
const taken: BackupDocument[] = []

const manifestOf = async (backup: BackupDocument): Promise<Manifest> =>
  JSON.parse(await readFile(join(backup.directory, 'manifest.json'), 'utf8')) as Manifest

const takeIncrement = async (...options: readonly string[]): Promise<BackupDocument> => {
  const backup = await scene.backup('incr', ...options)
  expect({ type: backup.type, reason: backup.decision.reason }).toEqual({
    type: 'increment',
    reason: expect.stringContaining('is usable') as string,
  })
  taken.push(backup)
  return backup
}

/** What is on disk must be what the manifest says, told by another program than the one that made it. */
const expectAsRecorded = async (directory: string, backup: BackupDocument): Promise<void> => {
  const { result } = await manifestOf(backup)
  if (result === null) throw new Error(`${backup.id} says nothing of its result`)
  const tree = await treeDigest(directory)
  const files = [...tree].filter(([, what]) => what !== 'directory')
  expect(Object.fromEntries(files)).toEqual(
    Object.fromEntries(result.files.map((file) => [file.path, `${file.sizeBytes}:${file.sha256}`])),
  )
  for (const path of result.emptyDirectories) expect(tree.get(path)).toBe('directory')
}

const restoreInto = async (directory: string, backup: BackupDocument): Promise<string> => {
  await scene.restore('--backup', backup.id, '--target-dir', directory)
  await expectAsRecorded(directory, backup)
  return directory
}

/**
 * Pages of the restored directory that are neither as just before nor as just after the backup.
 * Each clone changes page 5 of ibdata1 (TRX_SYS): InnoDB notes there up to where GTIDs are saved.
 */
const strangePages = async (restored: string, before: string, after: string) => {
  const unlike = new Set(await compareClones(restored, before))
  return (await compareClones(restored, after)).filter((page) => unlike.has(page))
}

/** Takes an increment of the quiet donor between two clones and restores it beside them. */
const takeAndCompare = async (...options: readonly string[]): Promise<BackupDocument> => {
  const work = scene.path(`compared-${taken.length}`)
  const [before, after] = [join(work, 'before'), join(work, 'after')]
  await untilQuiet(donor)
  await takeOwnClone(donor, before)
  const backup = await takeIncrement(...options)
  await takeOwnClone(donor, after)
  states.set(backup.id, await stateOf(donor))
  const restored = await restoreInto(join(work, 'restored'), backup)
  expect(await strangePages(restored, before, after)).toEqual(['ibdata1 5'])
  const paths = await clonePaths(restored)
  expect(paths).toEqual(await clonePaths(after))
  await discard(work)
  return backup
}

/** The restored directory as a server: its rows, definitions, accounts and GTIDs. */
const stateIn = async (directory: string): Promise<ServerState> => {
  const server = await scene.serverOn(directory, undoOptions)
  const state = await stateOf(server)
  await server.kill()
  await discard(directory)
  return state
}

const writersBalance = `SELECT SUM(amount), COUNT(*) MOD 3,
  (SELECT COUNT(*) FROM (SELECT 1 FROM shop.transfers GROUP BY writer, number HAVING COUNT(*) <> 3) x)
  FROM shop.transfers`

/** An increment while writers are at work, proved by its own invariants and by a replay to the end. */
const takeAmongWriters = async (): Promise<void> => {
  const writers = await startWriters(donor, 2)
  await sleep(700)
  const countBefore = writers.committed()
  const backup = await takeIncrement()
  expect(await writers.stop()).toBeGreaterThan(countBefore)
  const state = await stateOf(donor)
  const target = asTargetTime(await clockOf(donor))
  // What comes after the target must not come back; without it the target lies behind the binlog.
  await sleep(5)
  await donor.sql("INSERT INTO kinds.small (k, s) VALUES (0, 'later')")
  const busy = await restoreInto(scene.path(`busy-${taken.length}`), backup)
  const server = await scene.serverOn(busy, undoOptions)
  expect(await server.sql(writersBalance)).toEqual([['0', '0', '0']])
  await server.kill()
  await discard(busy)
  const replayed = scene.path(`replayed-${taken.length}`)
  const { chain } = await scene.restore(
    ...['--to-time', target, '--binlog-dir', donor.datadir],
    ...['--target-dir', replayed],
  )
  expect(chain.at(-1)).toBe(backup.id)
  expect(await stateIn(replayed)).toEqual(state)
}

/**
 * Puts the small table `source` into the place of the larger one `target`. No page of `target` may
 * be among those tracked: CLONE in MySQL 9.7.4 copies them all, looks for pages behind the new end
 * and takes the server down (fil0fil.cc, "outside the tablespace bounds").
 */
const importOver = async (target: string, source: string): Promise<void> => {
  const file = (table: string, ending: string) => join(donor.datadir, 'kinds', `${table}.${ending}`)
  const connection = await connect(donor)
  await runSql(connection, `FLUSH TABLES kinds.${source} FOR EXPORT`)
  for (const ending of ['ibd', 'cfg']) await copyFile(file(source, ending), scene.path(ending))
  await runSql(connection, 'UNLOCK TABLES')
  await runSql(connection, `ALTER TABLE kinds.${target} DISCARD TABLESPACE`)
  for (const ending of ['ibd', 'cfg']) await copyFile(scene.path(ending), file(target, ending))
  await runSql(connection, `ALTER TABLE kinds.${target} IMPORT TABLESPACE`)
  connection.destroy()
}

/** A truncated undo tablespace has a new space id. */
const undoSpaces = (): Promise<string[][]> =>
  donor.sql(
    `SELECT name, space FROM information_schema.innodb_tablespaces
     WHERE space_type = 'Undo' ORDER BY name`,
  )

describeServer('a chain of increments', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor', undoOptions)
    await scene.useDonor(donor)
    await createEightKinds(donor)
    await donor.sql(`
      CREATE TABLE kinds.large LIKE kinds.plain; INSERT INTO kinds.large SELECT * FROM kinds.plain;
      CREATE TABLE kinds.small LIKE kinds.plain;
      INSERT INTO kinds.small SELECT * FROM kinds.plain WHERE id < 300;
      CREATE DATABASE passing; CREATE TABLE passing.by AS SELECT * FROM kinds.plain;
      SELECT innodb_redo_log_sharp_checkpoint()`)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('begins with a full, taken while writers are at work, that comes back byte for byte', async () => {
    const writers = await startWriters(donor, 2)
    const full = await scene.backup('full', '--label', 'the first')
    expect(await writers.stop()).toBeGreaterThan(0)
    expect(full).toMatchObject({ type: 'full', base: null, decision: { code: 'FULL_ASKED' } })
    taken.push(full)
    const restored = await restoreInto(scene.path('full'), full)
    expect(await treeDigest(restored)).toEqual(await treeDigest(join(full.directory, 'data')))
    await discard(restored)
  })

  it('follows tables and databases that are made, dropped, renamed, truncated and altered', async () => {
    await changeEightKinds(donor, 'ddl')
    await donor.sql(`
      CREATE TABLE kinds.added LIKE kinds.compressed_8k;
      INSERT INTO kinds.added SELECT * FROM kinds.compressed_8k WHERE id < 500;
      RENAME TABLE kinds.punched TO kinds.renamed;
      CREATE DATABASE fresh; RENAME TABLE kinds.searched TO fresh.searched;
      CREATE TABLE kinds.punched LIKE kinds.renamed;
      CREATE TABLE kinds.searched LIKE fresh.searched;
      TRUNCATE TABLE kinds.compressed_4k;
      ALTER TABLE kinds.partitioned ADD PARTITION PARTITIONS 2;
      ALTER TABLE kinds.lobs ENGINE=InnoDB;
      ALTER TABLE kinds.general ADD KEY by_text (s(20)), ALGORITHM=INPLACE;
      ALTER TABLE kinds.plain ADD COLUMN note VARCHAR(20) DEFAULT 'instant', ALGORITHM=INSTANT;
      CREATE TABLESPACE another ADD DATAFILE 'another.ibd';
      ALTER TABLE kinds.added TABLESPACE another, ROW_FORMAT=DYNAMIC, KEY_BLOCK_SIZE=0;
      DROP DATABASE passing`)
    await takeAndCompare()
  })

  it('goes on after a clean restart', async () => {
    await donor.restart()
    await changeEightKinds(donor, 'restart')
    await takeAndCompare()
  })

  it('goes on after a crash in the middle of writing', async () => {
    const writers = await startWriters(donor, 2)
    await changeEightKinds(donor, 'crash')
    await donor.kill()
    await writers.stop()
    await donor.restart()
    await takeAndCompare()
  })

  it('follows an undo tablespace that grew and was truncated', async () => {
    const before = await undoSpaces()
    const update = 'UPDATE kinds.plain SET k = k + 1, s = REVERSE(s)'
    await donor.sql(`START TRANSACTION; ${Array<string>(30).fill(update).join('; ')}; COMMIT`)
    await expect.poll(undoSpaces, { timeout: 30_000 }).not.toEqual(before)
    await takeAndCompare()
  })

  it('follows DISCARD and IMPORT TABLESPACE over a larger table', async () => {
    const spaceOf = `SELECT space, file_size FROM information_schema.innodb_tablespaces
      WHERE name = 'kinds/large'`
    const [[spaceBefore, sizeBefore] = []] = await donor.sql(spaceOf)
    await importOver('large', 'small')
    const [[spaceAfter, sizeAfter] = []] = await donor.sql(spaceOf)
    expect(spaceAfter).toBe(spaceBefore)
    expect(Number(sizeAfter)).toBeLessThan(Number(sizeBefore))
    await takeAndCompare()
  })

  it('stores next to nothing of an idle server', async () => {
    const idle = await takeAndCompare()
    const { deltas } = await manifestOf(idle)
    expect(deltas.reduce((sum, { pages }) => sum + pages, 0)).toBeLessThan(10)
    expect(idle.storedBytes).toBeLessThan(idle.resultBytes / 20)
  })

  it('holds what writers commit while an increment is taken', takeAmongWriters)

  it('brings back its tip with every row, definition, account and GTID of the donor', async () => {
    const tip = await takeAndCompare()
    expect(taken).toHaveLength(9)
    expect(await stateIn(await restoreInto(scene.path('tip'), tip))).toEqual(await stateOf(donor))
  })

  it('brings back an older member as the donor was then', async () => {
    const older = taken[1]
    const then = states.get(older?.id ?? '')
    if (older === undefined || then === undefined) throw new Error('an increment is missing')
    expect(then).not.toEqual(await stateOf(donor))
    expect(await stateIn(await restoreInto(scene.path('older'), older))).toEqual(then)
  })

  it('branches with --base latest-full', async () => {
    await changeEightKinds(donor, 'branch')
    const branch = await takeAndCompare('--base', 'latest-full')
    expect(branch.base).toBe(taken[0]?.id)
    expect(await stateIn(await restoreInto(scene.path('branch'), branch))).toEqual(
      await stateOf(donor),
    )
    const run = await scene.run('chain', 'show', '--json')
    const { chains } = JSON.parse(run.stdout) as { chains: { members: { id: string }[] }[] }
    expect(chains.map(({ members }) => members.map(({ id }) => id))).toEqual([
      taken.map(({ id }) => id),
    ])
  })
})
