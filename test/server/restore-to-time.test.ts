// Recovery to a time: to the millisecond, from a directory of binlogs and from the running donor,
// with accidents undone, and rows, definitions, accounts and GTIDs as they were at that moment.
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { processesNaming } from './support/processes.ts'
import { documentOf } from './support/run-clonectl.ts'
import { discard, makeScene, type RestoreDocument, type Scene } from './support/scene.ts'
import {
  asTargetTime,
  clockOf,
  loggedIn,
  serverAt,
  stateOf,
  type ServerState,
} from './support/server-state.ts'
import { playTimeline, rootLogin, type Timeline } from './support/timeline.ts'

let scene: Scene
let timeline: Timeline
let target: string

/** Restores; says what was answered and, from an instance started on it, what came back. */
const travel = async (
  time: string,
  ...source: readonly string[]
): Promise<{ readonly document: RestoreDocument; readonly state: ServerState }> => {
  target = scene.path(`at-${time}`)
  const repository = await treeDigest(scene.repo)
  const document = await scene.restore('--to-time', time, '--target-dir', target, ...source)
  expect(processesNaming(target)).toEqual([])
  expect(await treeDigest(scene.repo)).toEqual(repository)
  expect(await readdir(scene.tmp)).toEqual([])
  const names = await readdir(target)
  expect(names.filter((name) => /clonectl|replay|binlog|run\.json|\.cnf$/.test(name))).toEqual([
    'auto.cnf',
  ])
  const server = await scene.serverOn(target)
  const state = await stateOf(loggedIn(server, rootLogin))
  await server.kill()
  await discard(target)
  return { document, state }
}

/** The donor's binlogs and nothing else, as an archive of them would be. */
const copyBinlogs = async (donor: Instance, name: string): Promise<string> => {
  const directory = scene.path(name)
  await mkdir(directory)
  for (const file of await readdir(donor.datadir))
    if (/^binlog\.\d+$/.test(file)) await copyFile(join(donor.datadir, file), join(directory, file))
  return directory
}

describeServer('a restore to a time', () => {
  beforeAll(async () => {
    scene = await makeScene()
    timeline = await playTimeline(scene)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('replays from the full when the moment lies before the first increment', async () => {
    const { early, full, donor } = timeline
    const { document, state } = await travel(early.time, '--binlog-dir', donor.datadir)
    expect(state).toEqual(early.state)
    expect(document.chain).toEqual([full.id])
    expect(document.gtidExecuted).toBe(early.state.gtid)
  })

  it('parts two transactions of one second, and leaves out what was begun but not committed', async () => {
    const { withinSecond, full, increment, donor } = timeline
    const archive = await copyBinlogs(donor, 'archive')
    const { document, state } = await travel(withinSecond.time, '--binlog-dir', archive)
    expect(state).toEqual(withinSecond.state)
    expect(document.chain).toEqual([full.id, increment.id])
  })

  it('undoes a DROP TABLE and a DELETE without WHERE with the binlogs of the running donor', async () => {
    const { beforeAccident } = timeline
    const { document, state } = await travel(beforeAccident.time, '--binlog-server')
    expect(state).toEqual(beforeAccident.state)
    expect(Object.keys(state.checksums)).toContain('shop.orders_2')
    expect(document.instance).toBeNull()
  })

  it('reaches the last moments, the accident included, when that is asked for', async () => {
    const { end, donor } = timeline
    const { state } = await travel(end.time, '--binlog-dir', donor.datadir)
    expect(state).toEqual(end.state)
    expect(Object.keys(state.checksums)).not.toContain('shop.orders_2')
  })

  it('takes a time with an offset for what it is', async () => {
    const { early, full } = timeline
    const there = new Date(Date.parse(early.time) + 2 * 3_600_000)
      .toISOString()
      .replace('Z', '+02:00')
    const plan = await scene.run(
      ...['restore', '--plan', '--json', '--to-time', there, '--binlog-server'],
      ...['--target-dir', scene.path('planned')],
    )
    expect(documentOf(plan)).toMatchObject({
      target: { kind: 'time', time: early.time },
      chain: [full.id],
    })
  })

  describe('with --start', () => {
    it('runs users, grants, a routine and a trigger of the replayed range, and no event', async () => {
      const { defined, donor } = timeline
      const started = scene.path('started')
      const { instance, gtidExecuted } = await scene.restore(
        ...['--to-time', defined.time, '--binlog-dir', donor.datadir],
        ...['--target-dir', started, '--start'],
      )
      expect(gtidExecuted).toBe(defined.state.gtid)
      const root = serverAt(instance?.socket ?? '', rootLogin)
      await sleep(1500)
      expect(await stateOf(root)).toEqual(defined.state)
      expect(await root.sql('SELECT @@event_scheduler; SELECT COUNT(*) FROM shop.ticks')).toEqual([
        ['OFF'],
        ['0'],
      ])
      const app = serverAt(instance?.socket ?? '', { user: 'app', password: 'app' })
      await app.sql('CALL shop.add_order(6000)')
      expect(
        await root.sql("SELECT what FROM shop.log WHERE what LIKE 'pair 600%' ORDER BY id"),
      ).toEqual([['pair 6000'], ['pair 6001']])
      await root.sql('SHUTDOWN')
      await expect.poll(() => processesNaming(started), { timeout: 60_000 }).toEqual([])
      await discard(started)
    })
  })

  describe('as a plan', () => {
    it('names the parts of the binlogs it would replay, and changes nothing', async () => {
      const { withinSecond, increment, donor } = timeline
      const look = async () => [
        await treeDigest(scene.repo),
        (await readdir(scene.dir)).sort(),
        await readdir(scene.tmp),
        await readdir(donor.datadir),
      ]
      const before = await look()
      const plan = await scene.run(
        ...['restore', '--plan', '--json', '--to-time', withinSecond.time],
        ...['--binlog-dir', donor.datadir, '--target-dir', scene.path('planned')],
      )
      const { binlogs, ...rest } = documentOf(plan) as {
        binlogs: readonly { file: string; from: number; to: number }[]
      }
      expect(await look()).toEqual(before)
      expect(rest).toMatchObject({
        target: { kind: 'time', time: withinSecond.time },
        steps: [
          { step: 'stage' },
          { step: 'merge' },
          { step: 'prove' },
          { step: 'replay' },
          { step: 'publish' },
        ],
        recoveryWindow: { from: timeline.full.endTime },
        refusals: [],
      })
      expect(binlogs.length).toBeGreaterThan(1)
      const sizes = await donor.sql('SHOW BINARY LOGS', rootLogin)
      const names = sizes.map(([name = '']) => join(donor.datadir, name))
      const first = names.indexOf(binlogs[0]?.file ?? '')
      expect(binlogs.map(({ file }) => file)).toEqual(names.slice(first, first + binlogs.length))
      expect(binlogs[0]?.from).toBeGreaterThan(4)
      expect(increment.endTime < withinSecond.time).toBe(true)
      const last = sizes[first + binlogs.length - 1]
      expect(binlogs.at(-1)?.to).toBeLessThan(Number(last?.[1]))
    })

    it('refuses when a binlog in between is gone', async () => {
      const archive = await copyBinlogs(timeline.donor, 'gaps')
      const names = (await readdir(archive)).sort()
      await rm(join(archive, names.at(-2) ?? ''))
      const run = await scene.run(
        ...['restore', '--plan', '--json', '--to-time', timeline.end.time],
        ...['--binlog-dir', archive, '--target-dir', scene.path('planned')],
      )
      expect(run.code).toBe(20)
      expect(JSON.parse(run.stdout)).toMatchObject({
        refusals: [
          {
            code: 'BINLOG_GAP',
            message: `binlogs are missing between ${names.at(-3) ?? ''} and ${names.at(-1) ?? ''}`,
          },
        ],
      })
    })
  })
})

describeServer('a restore to a time of a donor without GTIDs', () => {
  it('finds its place by position', async () => {
    await using own = await makeScene()
    const donor = await own.server('donor', ['gtid_mode=OFF', 'enforce_gtid_consistency=OFF'])
    await own.useDonor(donor)
    await donor.sql(`
      CREATE DATABASE shop; CREATE TABLE shop.log (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT);
      INSERT INTO shop.log (what) VALUES ('before the backup'); FLUSH BINARY LOGS`)
    await own.backup('full')
    await donor.sql(`INSERT INTO shop.log (what) VALUES ('first'); FLUSH BINARY LOGS;
      INSERT INTO shop.log (what) VALUES ('second')`)
    const time = asTargetTime(await clockOf(donor))
    const state = await stateOf(donor)
    await sleep(5)
    await donor.sql('DELETE FROM shop.log')
    const restored = own.path('restored')
    await own.restore('--to-time', time, '--binlog-dir', donor.datadir, '--target-dir', restored)
    const server = await own.serverOn(restored, ['gtid_mode=OFF', 'enforce_gtid_consistency=OFF'])
    expect(await stateOf(server)).toEqual(state)
    expect(await server.sql('SELECT what FROM shop.log ORDER BY id')).toEqual([
      ['before the backup'],
      ['first'],
      ['second'],
    ])
  })
})
