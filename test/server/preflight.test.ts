// Every check on a real server: what it says when all is well, and what when its trouble is there.
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { allChecks, runChecks } from '../../src/clone/checks.ts'
import type { CheckContext, CheckResult } from '../../src/clone/check.ts'
import { applyFixes } from '../../src/clone/doctor.ts'
import { inspectDonor } from '../../src/clone/donor.ts'
import { requirePreflight } from '../../src/clone/preflight.ts'
import { openSession, type Session } from '../../src/mysql/session.ts'
import type { Reporter } from '../../src/report/reporter.ts'
import { silentReporter } from '../../src/report/silent-reporter.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

let scratch: ScratchDirectory
let server: Instance
let repository: string

const openAs = (user: string): Promise<Session> => openSession({ socket: server.socket, user })

interface Wish {
  readonly user?: string
  readonly pageTrack?: boolean
  readonly repository?: string | undefined
  readonly change?: (context: CheckContext) => CheckContext
}

/** Runs all checks with a fresh session and fresh capabilities, as each command does. */
const check = async (wish: Wish = {}): Promise<ReadonlyMap<string, CheckResult>> => {
  const { user = 'root', pageTrack = true, change = (context) => context } = wish
  await using session = await openAs(user)
  const context: CheckContext = {
    session,
    ...(await inspectDonor(session)),
    repository: 'repository' in wish ? wish.repository : repository,
    pageTrack,
  }
  const results = await runChecks(allChecks, change(context))
  expect(results.map(({ name }) => name)).toEqual(allChecks.map(({ name }) => name))
  return new Map(results.map((result) => [result.name, result]))
}

/** Names of the checks that are not ok, in their order. */
const troubles = (results: ReadonlyMap<string, CheckResult>): readonly string[] =>
  [...results.values()].filter(({ state }) => state !== 'ok').map(({ name }) => name)

/** Undone after the test, whether it passes or not. */
const sqlWithUndo = async (provoke: string, undo: string): Promise<void> => {
  onTestFinished(async () => {
    await server.sql(undo)
  })
  await server.sql(provoke)
}

const install = {
  plugin: "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
  component: "INSTALL COMPONENT 'file://component_mysqlbackup'",
}

describeServer('the checks on a real server', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    await mkdir(join(scratch.path, 'outside'))
    server = await startInstance({
      dir: join(scratch.path, 'donor'),
      options: [`innodb_directories=${join(scratch.path, 'outside')}`],
    })
    await server.sql('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)')
    repository = join(scratch.path, 'backups', 'repository')
  })

  afterAll(async () => {
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('find nothing wrong with a server as it should be', async () => {
    const results = await check()
    expect(troubles(results)).toEqual([])
    expect(results.get('server-version')?.message).toContain('the server is ')
    expect(results.get('privileges')?.message).toContain('`root`@`localhost` has every privilege')
    expect(results.get('free-space')?.message).toMatch(
      /^a full needs about \d+\.\d MiB, an increment the same .*; \d+\.\d MiB are free at /,
    )
    expect(results.get('page-tracking')?.message).toBe(
      'page tracking is off; the next backup switches it on',
    )
  })

  it('need about as much space as a clone takes', async () => {
    await server.sql(
      `CREATE TABLE shop.big (id INT AUTO_INCREMENT PRIMARY KEY, c VARCHAR(4000));
       INSERT INTO shop.big (c) SELECT REPEAT('x', 4000) FROM information_schema.COLUMNS LIMIT 2000`,
    )
    const needed = async () =>
      Number(/about (\d+\.\d) MiB/.exec((await check()).get('free-space')?.message ?? '')?.[1])
    const before = await needed()
    const directory = join(scratch.path, 'clone')
    await server.sql(`CLONE LOCAL DATA DIRECTORY = '${directory}'; DROP TABLE shop.big`)
    const { stdout } = await run('du', ['-sm', '--exclude=#innodb_redo', directory])
    const taken = Number(stdout.split('\t')[0])
    expect(before).toBeGreaterThan(taken - 2)
    expect(before).toBeLessThan(taken + 8)
    expect(await needed()).toBeLessThan(before)
  })

  it('change nothing: the repository is not made, its parent left empty', async () => {
    const parent = join(scratch.path, 'untouched')
    await mkdir(parent)
    await check({ repository: join(parent, 'repository') })
    expect(await readdir(parent)).toEqual([])
  })

  it('miss the clone plugin and the component, and doctor --fix brings both', async () => {
    await server.sql(`UNINSTALL PLUGIN clone; UNINSTALL COMPONENT 'file://component_mysqlbackup'`)
    const results = await check()
    expect(troubles(results)).toEqual(['clone-plugin', 'mysqlbackup-component'])
    expect(results.get('clone-plugin')).toMatchObject({
      state: 'fail',
      message: 'the clone plugin is not installed',
      fix: [install.plugin],
    })
    expect(results.get('mysqlbackup-component')).toMatchObject({
      state: 'fail',
      fix: [install.component],
    })
    expect(results.get('mysqlbackup-component')?.hint).toContain('--no-page-track')
    const without = await check({ pageTrack: false })
    expect(without.get('mysqlbackup-component')?.state).toBe('warn')

    await using session = await openAs('root')
    const applied = await applyFixes(session, [...results.values(), ...results.values()])
    expect(applied).toEqual([
      { check: 'clone-plugin', statement: install.plugin, error: undefined },
      { check: 'mysqlbackup-component', statement: install.component, error: undefined },
    ])
    const second = await check()
    expect(troubles(second)).toEqual([])
    expect(await applyFixes(session, [...second.values()])).toEqual([])
  })

  it('say what the server answered when a fix is refused', async () => {
    await server.sql('CREATE USER plain@localhost')
    await using session = await openAs('plain')
    const [applied] = await applyFixes(session, [
      { name: 'clone-plugin', state: 'fail', message: 'missing', fix: [install.plugin] },
    ])
    expect(applied?.error).toContain('INSERT command denied to user')
  })

  it('find redo logging disabled, and doctor --fix enables it', async () => {
    await server.sql('ALTER INSTANCE DISABLE INNODB REDO_LOG')
    const results = await check()
    expect(results.get('redo-log-enabled')).toMatchObject({
      state: 'fail',
      message: 'InnoDB redo logging is disabled: CLONE refuses (ERROR 3983)',
    })
    await using session = await openAs('root')
    await applyFixes(session, [...results.values()])
    expect(troubles(await check())).toEqual([])
  })

  describe('for an account', () => {
    it('without any privilege name what is missing and how to grant it', async () => {
      await server.sql('CREATE USER nobody@localhost')
      const results = await check({ user: 'nobody' })
      expect(results.get('privileges')).toEqual({
        name: 'privileges',
        state: 'fail',
        message: '`nobody`@`localhost` lacks BACKUP_ADMIN, PROCESS, SELECT ON performance_schema',
        hint:
          'As an administrator: GRANT BACKUP_ADMIN, PROCESS ON *.* TO `nobody`@`localhost`; ' +
          'GRANT SELECT ON performance_schema.* TO `nobody`@`localhost`',
      })
      expect(results.get('clone-running')).toMatchObject({
        state: 'fail',
        message: expect.stringMatching(/^could not be checked: SELECT: .*denied.*1142/),
        hint: expect.stringContaining('Grant'),
      })
      expect(results.get('free-space')?.message).toContain('PROCESS privilege')
    })

    it('are content once exactly those statements have been run', async () => {
      await server.sql("CREATE USER `o'dd@name`@localhost")
      const lacking = await check({ user: "o'dd@name" })
      const hint = lacking.get('privileges')?.hint ?? ''
      await server.sql(hint.replace('As an administrator: ', ''))
      const results = await check({ user: "o'dd@name" })
      expect(troubles(results)).toEqual(['non-innodb-tables'])
      expect(results.get('non-innodb-tables')?.message).toContain('does not see every table')
      await server.sql("GRANT SHOW VIEW ON *.* TO `o'dd@name`@localhost")
      expect(troubles(await check({ user: "o'dd@name" }))).toEqual([])
    })
  })

  it('warn of tables whose rows are not backed up, naming five', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const tables = names.map((name) => `CREATE TABLE aria.${name} (id INT) ENGINE = MyISAM;`)
    await sqlWithUndo(`CREATE DATABASE aria; ${tables.join('')}`, 'DROP DATABASE aria')
    await server.sql('CREATE TABLE aria.m (id INT) ENGINE = MEMORY')
    expect((await check()).get('non-innodb-tables')).toMatchObject({
      state: 'warn',
      message:
        'the rows of tables that are not InnoDB are not backed up: ' +
        'aria.a (MyISAM), aria.b (MyISAM), aria.c (MyISAM), aria.d (MyISAM), aria.e (MyISAM) and 2 more',
    })
  })

  it('refuse tablespaces outside the data directory, as CLONE does', async () => {
    const outside = join(scratch.path, 'outside')
    await sqlWithUndo(
      `CREATE TABLE shop.far (id INT PRIMARY KEY) DATA DIRECTORY = '${outside}'`,
      'DROP TABLE shop.far',
    )
    expect((await check()).get('tablespaces-outside')).toMatchObject({
      state: 'fail',
      message:
        'CLONE LOCAL fails (ERROR 1086) on tablespaces whose path leads outside the data directory, ' +
        `or is spelled as if: ${join(outside, 'shop', 'far.ibd')}`,
    })
    const clone = server.sql(`CLONE LOCAL DATA DIRECTORY = '${join(scratch.path, 'refused')}'`)
    await expect(clone).rejects.toMatchObject({ errno: 1086 })
  })

  it('refuse a tablespace in the data directory that has an absolute path, as CLONE does', async () => {
    const file = join(server.datadir, 'near.ibd')
    await sqlWithUndo(`CREATE TABLESPACE near ADD DATAFILE '${file}'`, 'DROP TABLESPACE near')
    expect((await check()).get('tablespaces-outside')?.message).toContain(file)
    const clone = server.sql(`CLONE LOCAL DATA DIRECTORY = '${join(scratch.path, 'refused-too')}'`)
    await expect(clone).rejects.toMatchObject({ errno: 1086 })
  })

  it('accept undo tablespaces anywhere, as CLONE does', async () => {
    await server.sql(
      `CREATE UNDO TABLESPACE far_undo ADD DATAFILE '${join(scratch.path, 'outside', 'far.ibu')}'`,
    )
    expect((await check()).get('tablespaces-outside')?.state).toBe('ok')
    await server.sql(`CLONE LOCAL DATA DIRECTORY = '${join(scratch.path, 'accepted')}'`)
  })

  it('see a clone that is running, and whose it is', async () => {
    await sqlWithUndo('SET GLOBAL clone_block_ddl = ON', 'SET GLOBAL clone_block_ddl = OFF')
    // The clone waits for the backup lock that this statement holds.
    const slow = server.sql('CREATE TABLE shop.slow AS SELECT SLEEP(6) AS nothing')
    const destination = join(scratch.path, 'foreign', 'data')
    const watch = (results: ReadonlyMap<string, CheckResult>) => results.get('clone-running')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const clone = server.sql(`CLONE LOCAL DATA DIRECTORY = '${destination}'`)
    await expect
      .poll(async () => watch(await check()), { timeout: 5000 })
      .toMatchObject({
        state: 'fail',
        message: expect.stringMatching(/^session \d+ is cloning into .*foreign\/data/),
        hint: expect.stringMatching(/KILL QUERY \d+$/),
      })
    const own = await check({ repository: join(scratch.path, 'foreign') })
    expect(watch(own)).toMatchObject({
      state: 'warn',
      hint: expect.stringContaining('next backup'),
    })
    await Promise.all([slow, clone])
    await server.sql('DROP TABLE shop.slow')
    expect(watch(await check())?.state).toBe('ok')
  })

  describe('of the place', () => {
    it('recognise a server whose files are not on this machine', async () => {
      const elsewhere = await check({
        change: (context) => ({
          ...context,
          identity: { ...context.identity, datadir: '/var/lib/no-such-mysql/' },
        }),
      })
      expect(elsewhere.get('local-server')).toMatchObject({
        state: 'fail',
        message: expect.stringContaining('/var/lib/no-such-mysql/ does not exist on this machine'),
      })
      const other = await check({
        change: (context) => ({
          ...context,
          identity: { ...context.identity, serverUuid: '00000000-0000-0000-0000-000000000001' },
        }),
      })
      expect(other.get('local-server')).toMatchObject({
        state: 'fail',
        message: expect.stringMatching(/is not the server’s: its auto\.cnf names [0-9a-f-]{36}$/),
      })
    })

    it.each([
      ['relative/path', /is not absolute$/],
      ["/srv/o'clock", /holds a quote, a backslash or a control character$/],
      ['/srv/back\\slash', /holds a quote/],
      ['/srv/new\nline', /"\/srv\/new\\nline" holds a quote/],
    ])('refuse the spelling %j', async (path, message) => {
      expect((await check({ repository: path })).get('repository-path')).toMatchObject({
        state: 'fail',
        message: expect.stringMatching(message),
      })
    })

    it('refuse a repository inside, around or equal to the data directory', async () => {
      const inside = await check({ repository: join(server.datadir, 'backups') })
      expect(inside.get('repository-path')).toMatchObject({
        state: 'fail',
        message: `the repository ${join(server.datadir, 'backups')} lies in the server’s datadir ${server.datadir}`,
      })
      const equal = await check({ repository: server.datadir })
      expect(equal.get('repository-path')?.message).toContain(' is the server’s datadir')
      const around = await check({ repository: server.dir })
      expect(around.get('repository-path')?.message).toContain(' contains the server’s datadir')
    })

    it('see through a symbolic link into the data directory', async () => {
      const link = join(scratch.path, 'innocent')
      await symlink(server.datadir, link)
      expect(
        (await check({ repository: join(link, 'backups') })).get('repository-path'),
      ).toMatchObject({
        state: 'fail',
        message: expect.stringContaining('lies in the server’s datadir'),
      })
    })

    it('refuse a repository where the server looks for tablespaces', async () => {
      const results = await check({ repository: join(scratch.path, 'outside', 'backups') })
      expect(results.get('repository-path')?.message).toContain(
        'lies in the server’s innodb_directories',
      )
    })

    it('warn when no repository is named, and leave its checks out', async () => {
      const results = await check({ repository: undefined })
      expect(troubles(results)).toEqual(['repository-path'])
      expect(results.get('repository-writable')?.message).toBe(
        'not checked: no repository was named',
      )
    })

    it('refuse a file in the way', async () => {
      const file = join(scratch.path, 'file')
      await writeFile(file, '')
      expect(
        (await check({ repository: join(file, 'below') })).get('repository-writable'),
      ).toMatchObject({ state: 'fail', message: `${file} is not a directory` })
    })

    it.runIf(isRoot)('refuse a repository that mysqld’s user cannot get into', async () => {
      const parent = join(scratch.path, 'private')
      await mkdir(parent, { mode: 0o700 })
      // The owner of the data directory is whom mysqld runs as.
      onTestFinished(() => chown(server.datadir, 0, 0))
      await chown(server.datadir, 65534, 65534)
      await chmod(scratch.path, 0o711)
      const results = await check({ repository: join(parent, 'repository') })
      expect(results.get('repository-writable')).toMatchObject({
        state: 'fail',
        message: `mysqld runs as user 65534, who may not search ${parent} (mode 700, owner 0:0)`,
        hint: `chown 65534:65534 ${parent}, or chmod o+x ${parent}`,
      })
      await chmod(parent, 0o711)
      const opened = await check({ repository: join(parent, 'repository') })
      expect(opened.get('repository-writable')?.state).toBe('ok')
    })

    it.runIf(isRoot)('refuse a full and a read-only filesystem', async ({ skip }) => {
      const mountpoint = join(scratch.path, 'small')
      await mkdir(mountpoint)
      const mounted = await run('mount', [
        '-t',
        'tmpfs',
        '-o',
        'size=1m',
        'tmpfs',
        mountpoint,
      ]).then(
        () => true,
        () => false,
      )
      if (!mounted) skip('this machine lets nobody mount a tmpfs')
      onTestFinished(async () => {
        await run('umount', [mountpoint])
      })
      const small = await check({ repository: join(mountpoint, 'repository') })
      expect(small.get('free-space')).toMatchObject({
        state: 'fail',
        message: expect.stringContaining(`; 1.0 MiB are free at ${mountpoint}/repository`),
      })
      await run('mount', ['-o', 'remount,ro', mountpoint])
      const readOnly = await check({ repository: join(mountpoint, 'repository') })
      expect(readOnly.get('repository-writable')?.message).toMatch(
        /^clonectl cannot write in .*small: EROFS/,
      )
    })
  })

  describe('with other options', () => {
    afterEach(async () => {
      await server.restart([`innodb_directories=${join(scratch.path, 'outside')}`])
    })

    it('warn when no binlog is written', async () => {
      await server.restart([`innodb_directories=${join(scratch.path, 'outside')}`, 'skip_log_bin'])
      expect((await check()).get('binlog')).toMatchObject({
        state: 'warn',
        message: expect.stringContaining('writes no binlog'),
      })
    })

    it('warn when transactions have no GTIDs', async () => {
      await server.restart([`innodb_directories=${join(scratch.path, 'outside')}`, 'gtid_mode=OFF'])
      expect((await check()).get('binlog')).toMatchObject({
        state: 'warn',
        message: expect.stringContaining('gtid_mode is OFF'),
      })
    })
  })

  describe('as preflight', () => {
    const preflight = async (repositoryPath: string, reporter: Reporter = silentReporter) => {
      await using session = await openAs('root')
      const context = {
        session,
        ...(await inspectDonor(session)),
        repository: repositoryPath,
        pageTrack: true,
      }
      await requirePreflight(context, reporter)
    }

    it('pass, telling only what is doubtful', async () => {
      await sqlWithUndo('CREATE TABLE shop.old (id INT) ENGINE = MyISAM', 'DROP TABLE shop.old')
      const warnings: string[] = []
      await preflight(repository, { ...silentReporter, warn: (message) => warnings.push(message) })
      expect(warnings).toEqual([
        'non-innodb-tables: the rows of tables that are not InnoDB are not backed up: shop.old (MyISAM)',
      ])
    })

    it('refuse with every failure in one error', async () => {
      await sqlWithUndo('UNINSTALL PLUGIN clone', install.plugin)
      await expect(preflight(join(server.datadir, 'inside'))).rejects.toMatchObject({
        code: 'PREFLIGHT',
        exitCode: 31,
        message: expect.stringMatching(
          /^2 checks failed before the backup:\n {2}clone-plugin: .*\n {2}repository-path: .*$/,
        ),
        hint: expect.stringContaining("clone-plugin: INSTALL PLUGIN clone SONAME 'mysql_clone.so'"),
        details: { checks: [{ name: 'clone-plugin' }, { name: 'repository-path' }] },
      })
    })

    it('fail with the loss of the connection, not with fifteen findings', async () => {
      await using session = await openAs('root')
      const context = { session, ...(await inspectDonor(session)), repository, pageTrack: true }
      await server.sql(`KILL ${session.connectionId}`)
      await expect(runChecks(allChecks, context)).rejects.toMatchObject({ code: 'SERVER' })
    })
  })
})
