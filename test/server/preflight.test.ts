// Every check on a real server: what it says when all is well, and what when its trouble is there.
import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { allChecks, runChecks } from '../../src/clone/checks.ts'
import { applyFixes } from '../../src/cli/apply-fixes.ts'
import { requirePreflight } from '../../src/clone/preflight.ts'
import { openSession, type Session } from '../../src/mysql/session.ts'
import type { Reporter } from '../../src/report/reporter.ts'
import { silentReporter } from '../../src/report/silent-reporter.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'
import { checkServer, type Results, troublesOf, type Wish } from './check-server.ts'
import { sceneOf } from '../fakes/server-scene.ts'

const run = promisify(execFile)

let scratch: ScratchDirectory
let server: Instance
let repository: string

const openAs = (user: string): Promise<Session> => openSession({ socket: server.socket, user })

const check = (wish: Partial<Wish> = {}): Promise<Results> =>
  checkServer(server, { repository, ...wish })

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
    expect(troublesOf(results)).toEqual([])
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
    expect(troublesOf(results)).toEqual(['clone-plugin', 'mysqlbackup-component'])
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
    const applied = await applyFixes(session, [...results.values()], silentReporter)
    expect(applied).toEqual([
      { check: 'clone-plugin', statement: install.plugin, error: undefined },
      { check: 'mysqlbackup-component', statement: install.component, error: undefined },
    ])
    const second = await check()
    expect(troublesOf(second)).toEqual([])
    expect(await applyFixes(session, [...second.values()], silentReporter)).toEqual([])
  })

  it('say what the server answered when a fix is refused', async () => {
    await server.sql('CREATE USER plain@localhost')
    await using session = await openAs('plain')
    const missing = { name: 'clone-plugin', state: 'fail', message: 'missing' } as const
    const fixes = [{ ...missing, fix: [install.plugin] }]
    const [applied] = await applyFixes(session, fixes, silentReporter)
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
    await applyFixes(session, [...results.values()], silentReporter)
    expect(troublesOf(await check())).toEqual([])
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
      expect(troublesOf(results)).toEqual(['non-innodb-tables'])
      expect(results.get('non-innodb-tables')?.message).toContain('does not see every table')
      await server.sql("GRANT SHOW VIEW ON *.* TO `o'dd@name`@localhost")
      expect(troublesOf(await check({ user: "o'dd@name" }))).toEqual([])
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
    const watch = (results: Results) => results.get('clone-running')
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

  it('warn when no binlog is written, and when transactions have no GTIDs', async () => {
    const usual = [`innodb_directories=${join(scratch.path, 'outside')}`]
    onTestFinished(() => server.restart(usual))
    await server.restart([...usual, 'skip_log_bin'])
    expect((await check()).get('binlog')).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('writes no binlog'),
    })
    await server.restart([...usual, 'gtid_mode=OFF'])
    expect((await check()).get('binlog')).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('gtid_mode is OFF'),
    })
  })

  describe('as preflight', () => {
    const preflight = async (repositoryPath: string, reporter: Reporter = silentReporter) => {
      await using session = await openAs('root')
      const context = await sceneOf(session, { repository: repositoryPath, pageTrack: true })
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
      const context = await sceneOf(session, { repository, pageTrack: true })
      await server.sql(`KILL ${session.connectionId}`)
      await expect(runChecks(allChecks, context)).rejects.toMatchObject({ code: 'SERVER' })
    })
  })
})
