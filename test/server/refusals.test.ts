// Bad input: each with its message, its exit code and advice, without a stack trace, and with
// everything as it was before.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { expectRefusal, type Expected } from './support/refusal.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'

let scene: Scene
let donor: Instance
let full: BackupDocument
let incr: BackupDocument

const refuses = (args: readonly string[], expected: Expected, besides: readonly string[] = []) =>
  expectRefusal(scene, args, expected, besides)

const restoreTo = (target: string, ...options: readonly string[]) => [
  ...['restore', '--target-dir', target],
  ...options,
]

/** An option file for another way to the donor. */
const loginFile = async (lines: readonly string[]): Promise<string> => {
  const file = scene.path('login.cnf')
  const text = ['[client]', ...lines, '[clonectl]', `repo=${scene.repo}`, ''].join('\n')
  await writeFile(file, text, { mode: 0o600 })
  return `--defaults-file=${file}`
}

describeServer('what cannot be done', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 2_000_000, tables: 2 })
    await donor.sql(`
      CREATE USER known@localhost IDENTIFIED BY 'right';
      CREATE USER nearly@localhost IDENTIFIED BY 'right';
      GRANT PROCESS, REPLICATION CLIENT ON *.* TO nearly@localhost;
      GRANT SELECT ON performance_schema.* TO nearly@localhost`)
    full = await scene.backup('full')
    await donor.sql('DELETE FROM shop.orders_1 WHERE id MOD 3 = 0')
    incr = await scene.backup('incr')
    await loginFile([])
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  describe('because of the repository', () => {
    it.each([
      ['chain', 'list'],
      ['chain', 'show'],
      ['restore', '--target-dir', '/nowhere/target'],
    ])('is refused when it is missing: %s %s', async (...command) => {
      const missing = scene.path('no-such-repository')
      await refuses([...command, '--repo', missing], {
        code: 'REPOSITORY_MISSING',
        exitCode: 12,
        message: `there is no repository at ${missing}`,
        hint: 'check --repo; clonectl full makes a repository',
      })
    })

    it.each([['full'], ['incr'], ['restore', '--target-dir', '/nowhere/target']])(
      'is refused when the directory holds other things: %s',
      async (...command) => {
        const photos = scene.path('photos')
        await mkdir(photos, { recursive: true })
        await writeFile(join(photos, 'cat.jpg'), 'a cat')
        await refuses(
          [...command, '--repo', photos],
          {
            code: 'REPOSITORY_MISSING',
            exitCode: 12,
            message: `${photos} is not a clonectl repository: it has no repository.json`,
            hint: 'check --repo; clonectl full makes a repository in an empty directory',
          },
          [photos],
        )
      },
    )

    it('is refused when it would lie in the data directory of the server, through a link too', async () => {
      await symlink(donor.datadir, scene.path('link-to-datadir'))
      for (const repo of [join(donor.datadir, 'repo'), scene.path('link-to-datadir/repo')])
        await refuses(['full', '--repo', repo], {
          code: 'PREFLIGHT',
          exitCode: 31,
          message: `a check failed before the backup:\n  repository-path: the repository ${join(donor.datadir, 'repo')} lies in the server’s datadir ${donor.datadir}`,
          hint: /^repository-path: Choose a repository apart from the server’s directories/,
        })
    })
  })

  describe('because of the target directory', () => {
    it('is refused when it is not empty', async () => {
      const target = scene.path('target-used')
      await mkdir(target)
      await writeFile(join(target, 'mine'), 'keep me')
      await refuses(
        restoreTo(target),
        {
          code: 'PATH_NOT_EMPTY',
          exitCode: 12,
          message: `${target} is not empty: it holds mine`,
          hint: 'choose a --target-dir that does not exist yet, or an empty directory',
        },
        [target],
      )
    })

    it('is refused when it is a file', async () => {
      const target = scene.path('target-file')
      await writeFile(target, 'keep me')
      await refuses(restoreTo(target), {
        code: 'PATH_NOT_EMPTY',
        exitCode: 12,
        message: `${target} is not empty: it holds (it is a file)`,
        hint: /--target-dir/,
      })
    })

    it('is refused inside the repository, inside a backup, and around the repository', async () => {
      const inside = [join(scene.repo, 'target'), join(full.directory, 'data', 'target')]
      for (const target of [...inside, scene.repo, scene.dir])
        await refuses(restoreTo(target), {
          code: 'PATH_FORBIDDEN',
          exitCode: 12,
          message: `cannot restore into ${target}: it lies in, or holds, the repository ${scene.repo}`,
          hint: /choose a --target-dir elsewhere/,
        })
    })

    it('is refused inside the repository through a symbolic link', async () => {
      await symlink(scene.repo, scene.path('link'))
      await refuses(restoreTo(scene.path('link/deep/target')), {
        code: 'PATH_FORBIDDEN',
        exitCode: 12,
        message: `cannot restore into ${scene.repo}/deep/target: it lies in, or holds, the repository ${scene.repo}`,
        hint: /choose a --target-dir elsewhere/,
      })
    })

    it('is refused inside the data directory of a server', async () => {
      const target = join(donor.datadir, 'target')
      await refuses(restoreTo(target), {
        code: 'PATH_FORBIDDEN',
        exitCode: 12,
        message: `cannot restore into ${target}: it lies in the data directory ${donor.datadir}`,
        hint: /never works on backups or on a live server/,
      })
    })
  })

  describe('because of the server', () => {
    it.each([['full'], ['incr'], ['doctor'], ['page-track', 'status']])(
      'is refused with a wrong password: %s',
      async (...command) => {
        const login = await loginFile(['user=known', 'password=wrong', `socket=${donor.socket}`])
        await refuses([...command, login], {
          code: 'SERVER',
          exitCode: 30,
          message:
            /Access denied for user 'known'@'localhost' .*\(MySQL error 1045, SQLSTATE 28000\)/,
          hint: /^Check --user and the password/,
        })
      },
    )

    it('is refused where no server listens', async () => {
      await refuses(['full', await loginFile(['user=root', `socket=${scene.path('none.sock')}`])], {
        code: 'SERVER',
        exitCode: 30,
        message: new RegExp(`${scene.path('none.sock')}.*ENOENT`),
        hint: /^Is the server running there\?/,
      })
    })

    it('is refused without the clone plugin', async () => {
      onTestFinished(async () => {
        await donor.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
      })
      await donor.sql('UNINSTALL PLUGIN clone')
      const failure = await refuses(['full'], {
        code: 'PREFLIGHT',
        exitCode: 31,
        message:
          /^a check failed before the backup:\n {2}clone-plugin: the clone plugin is not installed$/,
        hint: /^clone-plugin: INSTALL PLUGIN clone SONAME 'mysql_clone\.so'/,
      })
      expect(failure.details['checks']).toMatchObject([{ name: 'clone-plugin', state: 'fail' }])
    })

    it('is refused without BACKUP_ADMIN', async () => {
      const login = await loginFile(['user=nearly', 'password=right', `socket=${donor.socket}`])
      await refuses(['full', login], {
        code: 'PREFLIGHT',
        exitCode: 31,
        message: /^ {2}privileges: `nearly`@`localhost` lacks BACKUP_ADMIN$/m,
        hint: /^privileges: As an administrator: GRANT BACKUP_ADMIN ON \*\.\* TO `nearly`@`localhost`$/m,
      })
    })

    it('is refused with everything that is wrong at once', async () => {
      onTestFinished(async () => {
        await donor.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
      })
      await donor.sql('UNINSTALL PLUGIN clone')
      const login = await loginFile(['user=known', 'password=right', `socket=${donor.socket}`])
      const failure = await refuses(['full', login], {
        code: 'PREFLIGHT',
        exitCode: 31,
        message:
          /privileges: `known`@`localhost` lacks BACKUP_ADMIN, PROCESS, SELECT ON performance_schema$/m,
        hint: /GRANT BACKUP_ADMIN, PROCESS ON \*\.\* TO `known`@`localhost`; GRANT SELECT ON performance_schema\.\*/,
      })
      expect(failure.message).toContain('\n  clone-plugin: the clone plugin is not installed\n')
    })
  })

  describe('because of the recovery target', () => {
    const binlogs = () => ['--binlog-dir', donor.datadir]

    it('is refused before the end of the oldest backup, with the earliest time that can be reached', async () => {
      const early = new Date(Date.parse(full.endTime) - 1).toISOString()
      await refuses(restoreTo(scene.path('target'), '--to-time', early, ...binlogs()), {
        code: 'TARGET_UNREACHABLE',
        exitCode: 20,
        message: `${early} lies before the end of the oldest usable backup (${full.endTime})`,
        hint: `the earliest time that can be reached: --to-time ${full.endTime}`,
      })
    })

    it('is refused behind the last binlog, with the latest time that can be reached', async () => {
      const late = new Date(Date.now() + 60_000).toISOString()
      for (const source of [binlogs(), ['--binlog-server']]) {
        const { hint, details } = await refuses(
          restoreTo(scene.path('target'), '--to-time', late, ...source),
          {
            code: 'TARGET_UNREACHABLE',
            exitCode: 20,
            message: new RegExp(
              `^${late} is later than the binlogs reach; the recovery window is ${full.endTime} to `,
            ),
            hint: /^the latest time that can be reached: --to-time \S+Z$/,
          },
        )
        const latest = /\S+Z$/.exec(hint ?? '')?.[0] ?? ''
        expect(details).toMatchObject({ recoveryWindow: { from: full.endTime, to: latest } })
        expect(incr.endTime <= latest && latest < late).toBe(true)
      }
    })

    it.each([
      'yesterday',
      '2026-11-20',
      '2026-13-01T00:00:00Z',
      '2026-11-20T25:00:00Z',
      '1763631012',
    ])('is refused when it is no time: %s', async (text) => {
      await refuses(restoreTo(scene.path('target'), '--to-time', text, ...binlogs()), {
        code: 'USAGE',
        exitCode: 2,
        message: `--to-time ${JSON.stringify(text)} is not a time`,
        hint: /^accepted: 2026-11-20T09:30:12Z, /,
      })
    })

    it('is refused without a source of binlogs', async () => {
      await refuses(restoreTo(scene.path('target'), '--to-time', incr.endTime), {
        code: 'USAGE',
        exitCode: 2,
        message: 'a recovery to a target needs the binlogs of the donor',
        hint: /--binlog-dir.*--binlog-server/,
      })
    })

    it('is refused with the binlogs of another server, be they shorter or longer', async () => {
      const other = await scene.server('other')
      const hint = /^use the binlogs of the server the backup was taken from/
      const wrong = { code: 'BINLOG_GAP', exitCode: 20, hint }
      const restore = [
        ...restoreTo(scene.path('target'), '--to-time', incr.endTime),
        ...['--binlog-dir', other.datadir],
      ]
      await refuses(restore, {
        ...wrong,
        message:
          /^the backup ends at position \d+ of binlog\.000001, which has only \d+ bytes(; |$)/,
      })
      await other.sql(`
        CREATE DATABASE elsewhere; CREATE TABLE elsewhere.t (x LONGTEXT);
        INSERT INTO elsewhere.t VALUES (REPEAT('long ', 1000000))`)
      await refuses(restore, {
        ...wrong,
        message:
          /^the backup ends at position \d+ of binlog\.000001, where no transaction of this file ends(; |$)/,
      })
      await other.stop()
    })

    it('is refused for an id that is unknown or not unique', async () => {
      await refuses(restoreTo(scene.path('target'), '--backup', 'UTC1999'), {
        code: 'BACKUP_UNKNOWN',
        exitCode: 20,
        message: 'no sealed backup is called UTC1999',
        hint: 'clonectl chain list shows the ids',
      })
      await refuses(restoreTo(scene.path('target'), '--backup', 'UTC'), {
        code: 'BACKUP_UNKNOWN',
        exitCode: 20,
        message: `UTC is the beginning of 2 ids: ${full.id}, ${incr.id}`,
        hint: 'clonectl chain list shows the ids',
      })
    })

    it('is refused when two targets are named', async () => {
      await refuses(restoreTo(scene.path('target'), '--latest', '--to-time', incr.endTime), {
        code: 'USAGE',
        exitCode: 2,
        message: /^--(latest|to-time) and --(latest|to-time) exclude each other$/,
        hint: 'give one of the two',
      })
    })
  })

  it('is told to people in a few lines, too', async () => {
    const { code, stdout, stderr } = await scene.run(...restoreTo(scene.repo))
    expect({ code, stdout }).toEqual({ code: 12, stdout: '' })
    expect(stderr.split('\n').slice(1)).toEqual([
      `error: PATH_FORBIDDEN cannot restore into ${scene.repo}: it lies in, or holds, the repository ${scene.repo}`,
      '  hint: choose a --target-dir elsewhere; a restore never works on backups or on a live server',
      expect.stringMatching(/^restore end: failed \(\d+ ms\)$/),
      '',
    ])
  })
})
