// A password is nowhere to be found: not in the repository, not in what is restored, not in any
// output, and not among the arguments of any process, whichever way it was given and however the
// run ended.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { processesNaming } from './support/processes.ts'
import { startClonectl, type ClonectlRun } from './support/run-clonectl.ts'
import { filesHolding, watchForSecret } from './support/secret-watch.ts'
import { discard, makeScene, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf, serverAt } from './support/server-state.ts'

const secret = 'kumquat-4711-Quincunx'

let scene: Scene
let donor: Instance
/** Options of a restore that replays from the donor, which therefore gets the password, too. */
let fromDonor: readonly string[]
/** Everything that any run wrote. */
let outputs = ''

interface Way {
  readonly name: string
  readonly args: (user: string) => Promise<readonly string[]>
  readonly env: Readonly<Record<string, string>>
}

const address = (user: string) => ['--host=127.0.0.1', `--port=${donor.port}`, `--user=${user}`]

const ways: readonly Way[] = [
  {
    name: 'in an option file',
    args: async (user) => {
      const file = join(scene.path('private'), `${user}.cnf`)
      const lines = [
        '[client]',
        'host=127.0.0.1',
        `port=${donor.port}`,
        `user=${user}`,
        `password=${secret}`,
      ]
      await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 })
      return [`--defaults-file=${file}`]
    },
    env: {},
  },
  {
    name: 'in the environment',
    args: async (user) => ['--no-defaults', ...address(user)],
    env: { CLONECTL_PASSWORD: secret },
  },
  {
    name: 'with -p',
    args: async (user) => ['--no-defaults', ...address(user), `-p${secret}`],
    env: {},
  },
  {
    name: 'with --password',
    args: async (user) => ['--no-defaults', ...address(user), `--password=${secret}`],
    env: {},
  },
]

/**
 * Runs clonectl with the password given one way while everything is watched. From the command line
 * it is taken once the program has begun, which its first line tells.
 */
const runWatched = async (
  way: Way,
  command: readonly string[],
  user = 'holder',
): Promise<ClonectlRun> => {
  const args = [...command, '--repo', scene.repo, '--json', ...(await way.args(user))]
  const { child, pid, ended } = startClonectl(args, { ...scene.env, ...way.env })
  if (child.stderr !== null) await Promise.race([once(child.stderr, 'data'), ended])
  const watch = watchForSecret({ secret, tmp: scene.tmp, given: [pid] })
  const run = await ended
  expect(watch.stop()).toEqual([])
  outputs += run.stdout + run.stderr
  expect(run.stdout + run.stderr).not.toContain(secret)
  return run
}

const codeOf = ({ stderr }: ClonectlRun): string => /"code":"([A-Z_]+)"/.exec(stderr)?.[1] ?? 'none'

describeServer('a password', () => {
  beforeAll(async () => {
    scene = await makeScene()
    await mkdir(scene.path('private'), { mode: 0o700 })
    donor = await scene.server('donor')
    await loadTables(donor, { bytes: 2_000_000, tables: 2 })
    const grants = (user: string, more: string) => `
      CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY '${secret}';
      GRANT BACKUP_ADMIN, PROCESS, REPLICATION CLIENT${more} ON *.* TO ${user}@'127.0.0.1';
      GRANT SELECT ON performance_schema.* TO ${user}@'127.0.0.1';`
    await donor.sql(`
      ${grants('holder', ', REPLICATION SLAVE')} ${grants('no_replica', '')}
      CREATE USER nobody_much@'127.0.0.1' IDENTIFIED BY '${secret}'`)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('would be seen among the arguments of a process and in an open file', async () => {
    const open = join(scene.tmp, 'open')
    await writeFile(open, secret, { mode: 0o644 })
    const child = spawn('sh', ['-c', 'sleep 60; :', secret], { stdio: 'ignore' })
    const careless = spawn('sh', ['-c', 'sleep 60; : mysql'], { env: { MYSQL_PWD: secret } })
    const watch = watchForSecret({ secret, tmp: scene.tmp, given: [] })
    await sleep(50)
    const seen = watch.stop().join('\n')
    child.kill()
    careless.kill()
    await discard(open)
    expect(seen).toMatch(/^arguments: sh -c/m)
    expect(seen).toMatch(/^environment: sh -c/m)
    expect(seen).toMatch(/^file: .*\/open$/m)
  })

  describe.each(ways.slice(0, 3))('given $name', (way) => {
    it('is not shown by a full, an increment and a recovery from the donor', async () => {
      expect(await runWatched(way, ['full'])).toMatchObject({ code: 0 })
      await donor.sql('UPDATE shop.orders_1 SET customer = customer + 1')
      expect(await runWatched(way, ['incr'])).toMatchObject({ code: 0 })
      await donor.sql('DELETE FROM shop.orders_1 WHERE id MOD 100 = 0')
      const time = asTargetTime(await clockOf(donor))
      await donor.sql('DELETE FROM shop.orders_1 WHERE id MOD 100 = 1')
      fromDonor = ['restore', '--binlog-server', '--to-time', time]
      const target = scene.path(`target-${ways.indexOf(way)}`)
      const run = await runWatched(way, [...fromDonor, '--target-dir', target])
      expect(run).toMatchObject({ code: 0 })
      expect(await filesHolding(target, secret)).toEqual([])
      await discard(target)
    })
  })

  describe.each(ways.filter((_, index) => index === 0 || index === 3))('given $name', (way) => {
    it('is not shown by runs that fail', async () => {
      const target = ['--target-dir', scene.path('target')]
      const late = new Date(Date.now() + 3_600_000).toISOString()
      const behind = ['restore', '--binlog-server', '--to-time', late, ...target]
      expect(codeOf(await runWatched(way, ['full'], 'stranger'))).toBe('SERVER')
      expect(codeOf(await runWatched(way, ['full'], 'nobody_much'))).toBe('PREFLIGHT')
      expect(codeOf(await runWatched(way, behind))).toBe('TARGET_UNREACHABLE')
      const pulling = await runWatched(way, [...fromDonor, ...target], 'no_replica')
      expect(codeOf(pulling)).toBe('PREFLIGHT')
      expect(pulling.stderr).toMatch(/REPLICATION SLAVE/)
    })
  })

  it('is not in the environment of an instance that is left running', async () => {
    const target = scene.path('target-started')
    const [, environment] = ways
    if (environment === undefined) throw new Error('there is a second way')
    const run = await runWatched(environment, ['restore', '--start', '--target-dir', target])
    const { instance } = JSON.parse(run.stdout) as { instance: { pid: number; socket: string } }
    expect(processesNaming(target).map(({ pid }) => pid)).toEqual([instance.pid])
    const inherited = await readFile(`/proc/${instance.pid}/environ`, 'utf8')
    expect(inherited).not.toContain(secret)
    await serverAt(instance.socket).sql('SHUTDOWN')
    await expect.poll(() => processesNaming(target), { timeout: 60_000 }).toEqual([])
  })

  it('is in no file that any of these runs left, and in nothing they wrote', async () => {
    expect(outputs).toContain('***')
    expect(outputs).not.toContain(secret)
    for (const place of ['repo', 'tmp', 'home', 'target-started'])
      expect(await filesHolding(scene.path(place), secret)).toEqual([])
  })
})
