// A damaged backup, a full disk and a second run: found before anything is started or changed.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import type { Manifest } from '../../src/repository/manifest.ts'
import { freeze } from './support/processes.ts'
import { expectRefusal, type Expected } from './support/refusal.ts'
import { documentOf, type RunningClonectl } from './support/run-clonectl.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf, stateOf } from './support/server-state.ts'
import { makeWatchedBasedir, type WatchedBasedir } from './support/watched-basedir.ts'

const run = promisify(execFile)

let scene: Scene
let donor: Instance
let full: BackupDocument
let incr: BackupDocument
let basedir: WatchedBasedir
/** A restore for which a mysqld has to be started, twice. */
let restoreToTime: readonly string[]

/** A way to damage a file, and what is then said of it. */
interface Damage {
  readonly name: string
  readonly apply: (file: string) => Promise<void>
  readonly told: string
}

const damages: readonly Damage[] = [
  { name: 'missing', apply: (file) => rm(file), told: 'is missing' },
  {
    name: 'one byte too short',
    apply: async (file) => truncate(file, (await readFile(file)).length - 1),
    told: String.raw`has \d+ bytes, expected \d+`,
  },
  {
    name: 'changed in one byte',
    apply: async (file) => {
      await using handle = await open(file, 'r+')
      const middle = Math.floor((await handle.stat()).size / 2)
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, middle)
      await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 0x10]), 0, 1, middle)
    },
    told: String.raw`has sha256 [0-9a-f]{64}, expected [0-9a-f]{64}`,
  },
]

/** Files of each kind: below a full, in an increment as a delta, in an increment as a whole. */
const files = [
  { where: 'a table in the full', of: () => full, path: 'data/shop/orders_1.ibd' },
  { where: 'a delta in the increment', of: () => incr, path: 'data/shop/orders_1.ibd.delta' },
  { where: 'the redo log in the increment', of: () => incr, path: 'data/#innodb_redo/#ib_redo0' },
  { where: 'the settings of the server', of: () => incr, path: 'server.json' },
] as const

/** Damages a file for the time of one test. */
const damage = async (file: string, apply: Damage['apply']): Promise<void> => {
  const whole = await readFile(file)
  onTestFinished(() => writeFile(file, whole))
  await apply(file)
}

const refuses = (args: readonly string[], expected: Expected, besides: readonly string[] = []) =>
  expectRefusal(scene, args, expected, besides)

const mountSmallDisk = async (path: string, size: string): Promise<void> => {
  await mkdir(path)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path])
  onTestFinished(async () => {
    await run('umount', [path])
  })
}

/** Whether a file system can be mounted here: root in a container often may not. */
const canMount = async (): Promise<boolean> => {
  const probe = scene.path('probe')
  await mkdir(probe)
  try {
    await run('mount', ['-t', 'tmpfs', 'tmpfs', probe])
    await run('umount', [probe])
    return true
  } catch (error) {
    process.stderr.write(`no small disk to fill: ${String(error)}\n`)
    return false
  }
}

/** Waits until `path` exists and then lets the run stand still, whatever it is doing. */
const freezeWhen = async ({ child, pid }: RunningClonectl, path: string): Promise<void> => {
  while (!existsSync(path) && child.exitCode === null) await new Promise(setImmediate)
  await freeze(pid)
  onTestFinished(() => void child.kill('SIGCONT'))
}

describeServer('what is found before it does harm', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 4_000_000, tables: 2 })
    full = await scene.backup('full')
    await donor.sql('UPDATE shop.orders_1 SET note = REVERSE(note)')
    incr = await scene.backup('incr')
    await donor.sql('DELETE FROM shop.orders_2 WHERE id MOD 2 = 0')
    const time = asTargetTime(await clockOf(donor))
    await donor.sql('DROP TABLE shop.orders_2')
    basedir = await makeWatchedBasedir(scene.path('watched'))
    restoreToTime = [
      ...['restore', '--start', '--to-time', time, '--binlog-dir', donor.datadir],
      ...['--target-dir', scene.path('target'), '--basedir', basedir.path],
    ]
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  describe.each(files)('$where', ({ of, path }) => {
    it.each(damages)('$name: is named before any mysqld is started', async ({ apply, told }) => {
      await damage(join(of().directory, path), apply)
      const { message } = await refuses(restoreToTime, {
        code: 'INTEGRITY',
        exitCode: 21,
        message: new RegExp(told),
        hint: /copy of the repository/,
      })
      expect(message).toContain(path)
      expect(message).toContain(of().id)
      expect(await basedir.starts()).toEqual([])
    })
  })

  describe('the manifest', () => {
    const restoreIncrement = (): readonly string[] => [
      ...['restore', '--backup', incr.id, '--target-dir', scene.path('target')],
    ]

    it('with one byte changed: its backup is not believed', async () => {
      const file = join(incr.directory, 'manifest.json')
      await damage(file, async () => {
        const text = await readFile(file, 'utf8')
        await writeFile(file, text.replace('"pages": 1', '"pages": 2'))
      })
      await refuses(restoreIncrement(), {
        code: 'INTEGRITY',
        exitCode: 21,
        message: `${file} was changed after it was sealed`,
        hint: 'restore the file from a copy of the repository',
      })
    })

    it('cut off in the middle: its backup is not believed', async () => {
      const file = join(incr.directory, 'manifest.json')
      await damage(file, () => truncate(file, 1000))
      await refuses(restoreIncrement(), {
        code: 'REPOSITORY_UNREADABLE',
        exitCode: 12,
        message: `cannot understand ${file}: it is not JSON`,
        hint: /does not guess/,
      })
    })

    it('missing below the backup: the chain is broken', async () => {
      const file = join(full.directory, 'manifest.json')
      await damage(file, () => rm(file))
      await refuses(restoreIncrement(), {
        code: 'CHAIN_BROKEN',
        exitCode: 20,
        message: `${incr.id} was made on ${full.id}, which is not among the sealed backups`,
        hint: /^clonectl chain list/,
      })
    })
  })

  it('restores once everything is whole again', async () => {
    const { instance } = await scene.restore(
      ...restoreToTime.slice(1).filter((word) => word !== '--start'),
    )
    expect(instance).toBeNull()
    const restored = await scene.serverOn(scene.path('target'))
    expect(Object.keys((await stateOf(restored)).checksums)).toContain('shop.orders_2')
    expect(await restored.sql('SELECT COUNT(*) FROM shop.orders_2 WHERE id MOD 2 = 0')).toEqual([
      ['0'],
    ])
    await restored.stop()
    await rm(scene.path('target'), { recursive: true })
  })

  it('misses a program before it copies anything', async () => {
    const bare = scene.path('bare')
    await run('cp', ['--recursive', '--no-dereference', basedir.path, bare])
    await rm(join(bare, 'bin/mysqlbinlog'))
    const args = restoreToTime.map((word) => (word === basedir.path ? bare : word))
    const { message } = await refuses(args, {
      code: 'TOOL_MISSING',
      exitCode: 41,
      message: /^the program mysqlbinlog was not found in /,
      hint: /holds bin\/mysqlbinlog/,
    })
    expect(message).toContain(bare)
  })

  describe('a disk that is too small', () => {
    it('for a restore is found before anything is written', async (test) => {
      if (!(await canMount())) return test.skip('no file system can be mounted here')
      const disk = scene.path('small-target')
      await mountSmallDisk(disk, '40m')
      const { result } = JSON.parse(
        await readFile(join(incr.directory, 'manifest.json'), 'utf8'),
      ) as Manifest
      const needed = (result?.files ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      await refuses(
        ['restore', '--target-dir', join(disk, 'target')],
        {
          code: 'SPACE',
          exitCode: 32,
          message: new RegExp(`^the restore needs ${needed} bytes, 4194\\d{4} are free$`),
          hint: 'free space there, or choose a --target-dir on another disk',
        },
        [disk],
      )
    })

    it('for a backup is found before the clone is begun', async (test) => {
      if (!existsSync(scene.path('probe'))) return test.skip('no file system can be mounted here')
      const disk = scene.path('small-repo')
      await mountSmallDisk(disk, '40m')
      const repo = join(disk, 'repo')
      const failing = scene.run('full', '--json', '--repo', repo)
      expect((await failing).code).toBe(32)
      expect((await failing).stderr).toMatch(
        /a full needs about \d+\.\d MiB.*; (39|40)\.\d MiB are free at /,
      )
      expect(await readdir(repo)).toEqual(['repository.json'])
      expect(
        await donor.sql(
          'SELECT COUNT(*) FROM performance_schema.clone_status WHERE destination LIKE "%small-repo%"',
        ),
      ).toEqual([['0']])
    })
  })

  describe('a second run', () => {
    it('is refused while a backup holds the repository, which then ends well', async () => {
      const first = scene.start('full', '--json')
      await freezeWhen(first, join(scene.repo, 'lock'))
      const { message, details } = await refuses(['incr'], {
        code: 'LOCKED',
        exitCode: 11,
        message: new RegExp(`"clonectl full --json .*", process ${first.pid} on `),
        hint: /./,
      })
      expect(details).toMatchObject({
        pid: first.pid,
        command: expect.stringContaining('clonectl full'),
      })
      expect(message).toMatch(/since \d{4}-\d\d-\d\dT/)
      // Reading goes on meanwhile.
      const list = await scene.run('chain', 'list', '--json')
      const { backups } = documentOf(list) as { backups: readonly { id: string }[] }
      expect(backups.map(({ id }) => id)).toEqual([full.id, incr.id])
      first.child.kill('SIGCONT')
      expect(documentOf(await first.ended)).toMatchObject({ type: 'full' })
      expect(await readdir(scene.repo)).not.toContain('lock')
    })

    it('is refused while a restore into the same directory is at work, which then ends well', async () => {
      const target = scene.path('target-shared')
      const first = scene.start('restore', '--target-dir', target, '--json')
      await freezeWhen(first, `${target}.clonectl-stage/data/mysql.ibd`)
      await refuses(
        ['restore', '--target-dir', target],
        {
          code: 'LOCKED',
          exitCode: 11,
          message: new RegExp(`^a restore into this target is at work \\(pid ${first.pid} on `),
          hint: 'wait for it, or choose another --target-dir',
        },
        [`${target}.clonectl-stage`],
      )
      first.child.kill('SIGCONT')
      expect(documentOf(await first.ended)).toMatchObject({ targetDir: target })
      expect(existsSync(`${target}.clonectl-stage`)).toBe(false)
    })
  })
})
