// The checks of where things lie, on a real server: its data directory and the repository.
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import type { CheckContext } from '../../src/clone/check.ts'
import { requirePreflight } from '../../src/clone/preflight.ts'
import type { ServerIdentity } from '../../src/mysql/server-identity.ts'
import { openSession } from '../../src/mysql/session.ts'
import { silentReporter } from '../../src/report/silent-reporter.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'
import { checkServer, type Results, troublesOf, type Wish } from './check-server.ts'
import { sceneOf } from '../fakes/server-scene.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

let scratch: ScratchDirectory
let server: Instance

const check = (wish: Partial<Wish> = {}): Promise<Results> =>
  checkServer(server, { repository: join(scratch.path, 'repository'), ...wish })

describeServer('the checks of the place', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    await mkdir(join(scratch.path, 'outside'))
    server = await startInstance({
      dir: join(scratch.path, 'donor'),
      options: [`innodb_directories=${join(scratch.path, 'outside')}`],
    })
  })

  afterAll(async () => {
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('recognise a server whose files are not on this machine', async () => {
    const pretending =
      (changes: Partial<ServerIdentity>) =>
      (context: CheckContext): CheckContext => ({
        ...context,
        recipient: {
          ...context.recipient,
          identity: { ...context.recipient.identity, ...changes },
        },
      })
    const elsewhere = await check({ change: pretending({ datadir: '/var/lib/no-such-mysql/' }) })
    expect(elsewhere.get('local-server')).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('/var/lib/no-such-mysql/ does not exist on this machine'),
    })
    const stranger = '00000000-0000-0000-0000-000000000001'
    const other = await check({ change: pretending({ serverUuid: stranger }) })
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
    expect(troublesOf(results)).toEqual(['repository-path'])
    expect(results.get('repository-writable')?.message).toBe('not checked: no repository was named')
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

  it.runIf(isRoot)('refuse a user who is neither root nor mysqld’s', async () => {
    onTestFinished(() => chown(server.datadir, 0, 0))
    await chown(server.datadir, 65534, 65534)
    vi.spyOn(process, 'geteuid').mockReturnValue(4242)
    expect((await check()).get('repository-writable')).toMatchObject({
      state: 'fail',
      message: expect.stringMatching(/^mysqld runs as user 65534, clonectl as user 4242/),
    })
  })

  it.runIf(isRoot)('refuse a full and a read-only filesystem', async ({ skip }) => {
    const mountpoint = join(scratch.path, 'small')
    await mkdir(mountpoint)
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mountpoint]).then(
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
    await using session = await openSession({ socket: server.socket, user: 'root' })
    const plan = { repository: join(mountpoint, 'repository'), pageTrack: true }
    const context = await sceneOf(session, plan)
    await expect(requirePreflight(context, silentReporter)).rejects.toMatchObject({
      code: 'SPACE',
      exitCode: 32,
      message: expect.stringContaining('free-space: a full needs about'),
    })
    await run('mount', ['-o', 'remount,ro', mountpoint])
    const readOnly = await check({ repository: join(mountpoint, 'repository') })
    expect(readOnly.get('repository-writable')?.message).toMatch(
      /^clonectl cannot write in .*small: EROFS/,
    )
  })
})
