// Restoring a backup without a recovery target: which one comes back, what lies in the directory,
// what runs, and what a plan says.
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { runSqlOnce } from '../bed/sql.ts'
import { changeEightKinds, createEightKinds } from './support/eight-kinds.ts'
import { clonePaths } from './support/own-clone.ts'
import { processesNaming } from './support/processes.ts'
import { documentOf, startClonectl } from './support/run-clonectl.ts'
import { discard, makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { serverAt, stateOf, type ServerState } from './support/server-state.ts'
import { makeWatchedBasedir } from './support/watched-basedir.ts'

interface Member {
  readonly backup: BackupDocument
  readonly state: ServerState
}

let scene: Scene
let donor: Instance
let full: Member
let middle: Member
let tip: Member

const take = async (command: 'full' | 'incr'): Promise<Member> => ({
  backup: await scene.backup(command),
  state: await stateOf(donor),
})

/** Restores with these options, starts the result and says what it holds. */
const restored = async (...options: readonly string[]): Promise<ServerState> => {
  const target = scene.path(`target-${options.join('')}`)
  await scene.restore(...options, '--target-dir', target)
  const server = await scene.serverOn(target)
  const state = await stateOf(server)
  await server.kill()
  await discard(target)
  return state
}

describeServer('a restore without a recovery target', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await createEightKinds(donor)
    full = await take('full')
    await changeEightKinds(donor, 'one')
    middle = await take('incr')
    await changeEightKinds(donor, 'two')
    tip = await take('incr')
    // Nothing of the donor is needed to restore.
    await donor.stop()
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  describe('chooses', () => {
    it('the newest backup without further options', async () => {
      expect(await restored()).toEqual(tip.state)
    })

    it('the newest backup with --latest', async () => {
      expect(await restored('--latest')).toEqual(tip.state)
    })

    it('a backup by its whole id', async () => {
      expect(await restored('--backup', middle.backup.id)).toEqual(middle.state)
    })

    it('a backup by the beginning of its id, and by a word', async () => {
      const plans = [full.backup.id.slice(0, -3), 'oldest', 'latest-full'].map((reference) =>
        scene.run(
          'restore',
          '--plan',
          '--json',
          '--backup',
          reference,
          '--target-dir',
          scene.path('x'),
        ),
      )
      for (const plan of plans)
        expect(documentOf(await plan)).toMatchObject({ chain: [full.backup.id], refusals: [] })
      expect(await restored('--backup', 'oldest')).toEqual(full.state)
    })
  })

  describe('makes a directory', () => {
    it('with the files of the clone and nothing besides, and starts no mysqld', async () => {
      const basedir = await makeWatchedBasedir(scene.path('watched'))
      const target = scene.path('only-files')
      const before = await treeDigest(scene.repo)
      const document = await scene.restore('--target-dir', target, '--basedir', basedir.path)
      expect(await basedir.starts()).toEqual([])
      expect(processesNaming(target)).toEqual([])
      expect(await treeDigest(scene.repo)).toEqual(before)
      expect(await readdir(scene.tmp)).toEqual([])

      expect(await clonePaths(target)).toEqual(
        await clonePaths(join(full.backup.directory, 'data')),
      )
      const tree = await treeDigest(target)
      const files = [...tree.values()].filter((what) => what !== 'directory')
      expect(document).toMatchObject({
        targetDir: target,
        chain: [full, middle, tip].map(({ backup }) => backup.id),
        files: files.length,
        bytes: tip.backup.resultBytes,
        gtidExecuted: null,
        instance: null,
      })
    })

    it('out of an empty one, and out of a path whose parents are missing', async () => {
      const [empty, deep] = [scene.path('empty'), scene.path('deep/er/target')]
      await mkdir(empty)
      for (const target of [empty, deep])
        await scene.restore('--backup', full.backup.id, '--target-dir', target)
      expect(await treeDigest(empty)).toEqual(await treeDigest(join(full.backup.directory, 'data')))
      expect(await treeDigest(deep)).toEqual(await treeDigest(empty))
      expect(await readdir(dirname(deep))).toEqual(['target'])
    })

    it('that appears only when it is whole', async () => {
      const target = scene.path('sudden')
      const args = ['restore', '--target-dir', target, `--defaults-file=${scene.optionFile}`]
      const { child, ended } = startClonectl(args, scene.env)
      const stage = `${target}.clonectl-stage`
      await expect.poll(() => existsSync(stage), { interval: 2, timeout: 60_000 }).toBe(true)
      while (!existsSync(target) && child.exitCode === null) await new Promise(setImmediate)
      const atFirstSight = (await readdir(target, { recursive: true })).sort()
      expect((await ended).code).toBe(0)
      expect(atFirstSight).toEqual((await readdir(target, { recursive: true })).sort())
      expect(existsSync(stage)).toBe(false)
    })
  })

  it('leaves the instance running with --start, and prints how to connect', async () => {
    const target = scene.path('started')
    const before = await treeDigest(scene.repo)
    const { code, stdout } = await scene.run('restore', '--start', '--target-dir', target)
    expect(code).toBe(0)
    const [, pid, socket] =
      /^running: +pid (\d+),[^]*^connect: +mysql --socket=(\S+)$/m.exec(stdout) ?? []
    expect(processesNaming(target).map((running) => String(running.pid))).toEqual([pid])
    const server = serverAt(socket ?? '')
    expect(await stateOf(server)).toEqual(tip.state)
    expect(await server.sql('SELECT @@event_scheduler, @@skip_networking, @@datadir')).toEqual([
      ['OFF', '1', `${target}/`],
    ])
    await runSqlOnce({ socket: socket ?? '' }, 'SHUTDOWN')
    await expect.poll(() => processesNaming(target), { timeout: 60_000 }).toEqual([])
    expect(await treeDigest(scene.repo)).toEqual(before)
  })

  describe('shows with --plan', () => {
    const everything = async () => ({
      repository: await treeDigest(scene.repo),
      besides: (await readdir(scene.dir)).sort(),
      temporary: await readdir(scene.tmp),
    })

    it('what it would do, and changes nothing', async () => {
      const target = scene.path('planned')
      const before = await everything()
      const plan = documentOf(
        await scene.run('restore', '--plan', '--json', '--target-dir', target),
      )
      expect(await everything()).toEqual(before)
      expect(plan).toEqual({
        schemaVersion: 1,
        target: { kind: 'backup', reference: 'latest' },
        targetDir: target,
        chain: [full, middle, tip].map(({ backup }) => backup.id),
        appliedBy: null,
        steps: [
          {
            step: 'stage',
            what: expect.stringContaining(full.backup.id),
            bytes: expect.any(Number),
          },
          {
            step: 'merge',
            what: expect.stringContaining('2 increments'),
            bytes: expect.any(Number),
          },
          { step: 'prove', what: expect.stringContaining('files'), bytes: tip.backup.resultBytes },
          { step: 'publish', what: `rename to ${target}`, bytes: 0 },
        ],
        binlogs: [],
        diskNeeded: tip.backup.resultBytes,
        diskFree: expect.any(Number),
        recoveryWindow: { from: full.backup.endTime, to: tip.backup.endTime },
        refusals: [],
        warnings: [],
      })
    })

    it('everything that stands against it at once, with the exit code of the first', async () => {
      const before = await everything()
      const run = await scene.run(
        ...['restore', '--plan', '--json', '--backup', 'UTC1999', '--target-dir', scene.repo],
      )
      expect(await everything()).toEqual(before)
      expect(run.code).toBe(12)
      expect(JSON.parse(run.stdout)).toMatchObject({
        chain: [],
        refusals: [{ code: 'PATH_FORBIDDEN' }, { code: 'BACKUP_UNKNOWN' }],
      })
    })

    it('the same in words', async () => {
      const { code, stdout } = await scene.run(
        'restore',
        '--plan',
        '--target-dir',
        scene.path('planned'),
      )
      expect(code).toBe(0)
      expect(stdout).toContain([full, middle, tip].map(({ backup }) => backup.id).join(' ==> '))
      expect(stdout).toMatch(/^disk: +[\d.]+ MiB needed, [\d.]+ \w+ free$/m)
      expect(stdout).toMatch(/^publish +rename to /m)
    })
  })
})
