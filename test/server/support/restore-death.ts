// A restore that is killed, and the next one into the same target: what must hold in between and
// afterwards.
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { Instance } from '../../bed/instance.ts'
import { gtidExecuted, treeDigest } from '../../bed/compare.ts'
import { runToDeath, type KillOrder } from './killing.ts'
import { processesNaming } from './processes.ts'
import { expectRestored, namesIn } from './repository-look.ts'
import { documentOf, failureOf } from './run-clonectl.ts'
import { runHere } from './run-here.ts'
import { discard, makeScene, type BackupDocument, type Scene } from './scene.ts'

/** What is asked of a restore, and how its target is known to be right. */
export interface Wish {
  readonly args: readonly string[]
  readonly gtid: string | null
  expectWhole(target: string): Promise<void>
}

export interface RestoreScene extends AsyncDisposable {
  readonly scene: Scene
  readonly donor: Instance
  /** An empty directory, the target's parent. */
  readonly place: string
  readonly target: string
  /** The directory that a restore works in. */
  readonly stage: string
  /** The newest backup, as it was taken. */
  readonly latest: Wish
  /** A moment later, one transaction on. */
  readonly later: Wish
  /** Later still, with a transaction whose replay takes three seconds. */
  readonly slow: Wish
  readonly repositoryDigest: ReadonlyMap<string, string>
}

const millisecondNow = async (donor: Instance): Promise<string> => {
  const [row] = await donor.sql("SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f')")
  return `${(row?.[0] ?? '').slice(0, 23)}Z`
}

/** A recovery to now: the rows and GTIDs that the donor has at this moment. */
const recoveryToNow = async (scene: Scene, donor: Instance): Promise<Wish> => {
  const rowsSql = 'SELECT id, note FROM shop.orders ORDER BY id'
  const accountsSql = "SELECT COUNT(*) FROM mysql.user WHERE user LIKE 'clonectl%'"
  await donor.sql('DO SLEEP(0.002)')
  const time = await millisecondNow(donor)
  const rows = await donor.sql(rowsSql)
  const gtid = await gtidExecuted(donor)
  await donor.sql('DO SLEEP(0.002)')
  return {
    args: ['--to-time', time, '--binlog-dir', donor.datadir],
    gtid,
    expectWhole: async (target) => {
      const server = await scene.serverOn(target)
      expect(await server.sql(rowsSql)).toEqual(rows)
      expect(await gtidExecuted(server)).toBe(gtid)
      expect(await server.sql(accountsSql)).toEqual([['0']])
      await server.kill()
    },
  }
}

const backupAsTaken = (backup: BackupDocument): Wish => ({
  args: ['--latest'],
  gtid: null,
  expectWhole: (target) => expectRestored(target, backup.directory),
})

/** Logged as a statement, so that the replay sleeps too. */
const sleepyInsert = `SET SESSION binlog_format = 'STATEMENT';
  INSERT INTO shop.orders SELECT 4, CONCAT('slept ', SLEEP(3))`

/** A chain of two, and a donor that went on after it and is down now. */
export const makeRestoreScene = async (): Promise<RestoreScene> => {
  const scene = await makeScene()
  const donor = await scene.server('donor')
  await scene.useDonor(donor)
  await donor.sql(
    `CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, note VARCHAR(200));
     INSERT INTO shop.orders VALUES (1, 'before the full')`,
  )
  await scene.backup('full')
  await donor.sql("INSERT INTO shop.orders VALUES (2, 'before the increment')")
  const newest = await scene.backup('incr')
  await donor.sql("INSERT INTO shop.orders VALUES (3, 'after it')")
  const later = await recoveryToNow(scene, donor)
  await donor.sql(sleepyInsert)
  const slow = await recoveryToNow(scene, donor)
  await donor.sql("INSERT INTO shop.orders VALUES (5, 'too late')")
  const place = scene.path('place')
  await mkdir(place)
  return {
    scene,
    donor,
    place,
    target: join(place, 'target'),
    stage: join(place, 'target.clonectl-stage'),
    latest: backupAsTaken(newest),
    later,
    slow,
    repositoryDigest: await treeDigest(scene.repo),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

/** The repository is as it was, byte for byte, and can be read: nothing before changed it. */
export const expectRepositoryUntouched = async (at: RestoreScene): Promise<void> => {
  expect(await treeDigest(at.scene.repo)).toEqual(at.repositoryDigest)
  documentOf(await runHere(at.scene, 'chain', 'list', '--json'))
}

/** Names of the programs at work on the stage. */
export const programsOn = ({ stage }: RestoreScene): readonly string[] =>
  processesNaming(stage)
    .map(({ commandLine }) => basename(commandLine.split('\0')[0] ?? ''))
    .sort()

/** Restores into the target again: works, tells what was left, and leaves nothing else. */
export const restoreAgain = async (at: RestoreScene, wish: Wish): Promise<void> => {
  const { scene, place, target, stage } = at
  const left = await namesIn(place)
  const journal = await namesIn(stage)
  const run = await runHere(scene, 'restore', '--json', ...wish.args, '--target-dir', target)
  if (left.includes('target')) {
    expect(failureOf(run).code).toBe('PATH_NOT_EMPTY')
    if (journal.includes('run.json'))
      expect(run.stderr).toContain(`it had made ${target}, which is whole`)
  } else {
    expect(documentOf(run)).toMatchObject({ gtidExecuted: wish.gtid })
  }
  const goesOn = journal.includes('replay.json') && wish.gtid !== null
  if (left.includes('target.clonectl-stage'))
    expect(run.stderr).toContain(
      goesOn && !left.includes('target')
        ? 'going on with the replay that a dead restore had begun'
        : `removing what a dead restore left in ${stage}`,
    )
  expect(programsOn(at)).toEqual([])
  expect(await namesIn(place)).toEqual(['target'])
  expect(await namesIn(scene.tmp)).toEqual([])
  await expectRepositoryUntouched(at)
}

export interface RestoreDeath {
  readonly wish: Wish
  /** What is restored then; without it the same again. */
  readonly then?: Wish
  readonly orders: readonly KillOrder[]
  /** Whether the target is there when it dies. */
  readonly published: boolean
  /** Programs that must live on then: what the next run has to end. */
  readonly orphans: readonly string[]
}

/** Kills a restore as ordered, looks at what is left, and restores again. */
export const dieAndRestore = async (at: RestoreScene, death: RestoreDeath): Promise<void> => {
  const { scene, place, target } = at
  const { wish, then = wish, orders, published, orphans } = death
  await runToDeath(scene, ['restore', ...wish.args, '--target-dir', target], orders)
  expect((await namesIn(place)).includes('target')).toBe(published)
  // mysqld may be a script that starts the real one.
  await expect.poll(() => programsOn(at)).toEqual(orphans)
  await restoreAgain(at, then)
  // A mysqld changes what it is started on, so this comes last. It takes seconds; where no other
  // mysqld was in the way, the GTIDs that the restore told are enough.
  const last = published ? wish : then
  if (published || orphans.length > 0 || last.gtid === null) await last.expectWhole(target)
  await discard(target)
}
