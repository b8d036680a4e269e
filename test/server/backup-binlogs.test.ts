// Backups and the archive of binlogs together: each backup brings it up to date, a recovery crosses a failover by it,
// and what no kept backup needs goes with the backups.
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { archiveOf, binlogsOf } from './support/binlog-archive.ts'
import { documentOf } from './support/run-clonectl.ts'
import { discard, makeScene, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf, stateOf } from './support/server-state.ts'

let scene: Scene
let donor: Instance
let replica: Instance
let donorArchive: string

interface TakenBackup {
  readonly id: string
  readonly binlogs: { readonly state: string; readonly reach?: string } | null
}

const take = async (...args: readonly string[]): Promise<TakenBackup> =>
  documentOf(await scene.run(...args, '--json')) as TakenBackup

const change = (server: Instance, number: number) =>
  server.sql(
    `INSERT INTO shop.orders VALUES (${number}, REPEAT('x', ${number})); FLUSH BINARY LOGS;
     UPDATE shop.orders SET note = CONCAT(note, '${number}')`,
  )

/** Restores the newest state and compares it with what a server holds. */
const expectNewest = async (server: Instance): Promise<readonly string[]> => {
  const target = scene.path('newest')
  const { chain } = await scene.restore('--latest', '--target-dir', target)
  const restored = await scene.serverOn(target)
  expect(await stateOf(restored)).toEqual(await stateOf(server))
  await restored.kill()
  await discard(target)
  return chain
}

/** A replica of the donor, made from its backup; it has all of the donor's transactions when this returns. */
const startReplica = async (): Promise<Instance> => {
  const target = scene.path('replica-data')
  await scene.restore('--backup', 'latest', '--target-dir', target)
  const server = await scene.serverOn(target)
  await donor.sql(
    "CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'r'; GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1'",
  )
  await server.sql(
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${donor.port}, SOURCE_USER = 'repl',
       SOURCE_PASSWORD = 'r', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1; START REPLICA`,
  )
  return server
}

const followUp = async (): Promise<void> => {
  const [[gtids = ''] = []] = await donor.sql('SELECT @@GLOBAL.gtid_executed')
  const [[timedOut] = []] = await replica.sql(`SELECT WAIT_FOR_EXECUTED_GTID_SET('${gtids}', 30)`)
  expect(timedOut).toBe('0')
}

describeServer('backups with an archive of binlogs', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await donor.sql(
      'CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, note TEXT)',
    )
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('leave the binlogs alone where no archive is kept, and begin one when told to', async () => {
    const { binlogs } = await take('full')
    expect(binlogs).toBeNull()
    await change(donor, 1)
    expect((await take('full', '--pull-binlogs')).binlogs).toMatchObject({ state: 'pulled' })
    donorArchive = await archiveOf(scene, donor)
    expect(await readdir(donorArchive)).toContain('tail')
  })

  it('bring the archive up to date from then on', async () => {
    await change(donor, 2)
    const { id, binlogs } = await take('incr')
    expect(binlogs).toMatchObject({ state: 'pulled', reach: expect.stringMatching(/^\d{4}-.*Z$/u) })
    const closed = (await binlogsOf(donor)).slice(0, -1)
    expect(await readdir(donorArchive)).toContain(closed.at(-1))
    expect(await expectNewest(donor)).toContain(id)
  })

  it('reach the present of a server on which nothing happens', async () => {
    const now = asTargetTime(await clockOf(donor))
    documentOf(await scene.run('binlog', 'pull', '--json'))
    const plan = ['restore', '--plan', '--json', '--target-dir', scene.path('planned'), '--to-time']
    expect(documentOf(await scene.run(...plan, now))).toMatchObject({ refusals: [] })
    const later = asTargetTime((await clockOf(donor)) + 1_000_000n)
    expect((await scene.run(...plan, later)).code).toBe(20)
  })

  it('leave it to a follower that is at work', async () => {
    const follower = scene.start('binlog', 'pull', '--follow')
    await vi.waitUntil(async () => (await readdir(donorArchive)).includes('incoming'))
    expect((await take('full')).binlogs).toEqual({ state: 'followed' })
    follower.child.kill('SIGTERM')
    expect((await follower.ended).code).toBe(0)
  })

  it('lead across a failover, with the binlogs of both servers', async () => {
    replica = await startReplica()
    await change(donor, 3)
    await followUp()
    documentOf(await scene.run('binlog', 'pull', '--json'))
    await donor.stop()
    await replica.sql('STOP REPLICA; RESET REPLICA ALL')
    await change(replica, 4)
    await scene.useDonor(replica)
    documentOf(await scene.run('binlog', 'pull', '--json'))
    await expectNewest(replica)
  })

  it('take away with them what no kept backup needs, and no more', async () => {
    await take('full')
    await change(replica, 5)
    await take('incr')
    expect(await readdir(donorArchive)).toContain('binlog.000002')
    documentOf(await scene.run('chain', 'expire', '--keep-full', '1', '--confirm', '--json'))
    // The second full of the donor is gone, the third was taken in the next binlog.
    const names = await readdir(donorArchive)
    expect(names).not.toContain('binlog.000002')
    expect(names).toContain('binlog.000003')
    await expectNewest(replica)
  })

  it('stay sealed when the binlogs cannot be archived, and say so', async () => {
    await replica.sql('RESET BINARY LOGS AND GTIDS')
    const run = await scene.run('full', '--json')
    expect(run.code).toBe(3)
    const document = JSON.parse(run.stdout) as TakenBackup & {
      binlogs: { error: { code: string } }
    }
    expect(document.binlogs).toMatchObject({ state: 'failed', error: { code: 'BINLOG_GAP' } })
    expect(run.stderr).toContain('is sealed, but its binlogs are not archived')
    documentOf(await scene.run('binlog', 'pull', '--after-reset', '--json'))
    await change(replica, 6)
    documentOf(await scene.run('binlog', 'pull', '--json'))
    expect(await expectNewest(replica)).toEqual([document.id])
  })
})
