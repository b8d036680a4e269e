import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readCloneStatus } from '../../../src/mysql/clone-status.ts'
import { startPrivateMysqld } from '../../../src/mysql/private-mysqld.ts'
import { openSession } from '../../../src/mysql/session.ts'
import { isAlive } from '../../../src/system/process-identity.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let donor: Instance
let count = 0
let datadir: string

/** What starts a private mysqld on the clone; `lines` go into its option file. */
const plan = async (...lines: readonly string[]) => {
  const path = (suffix: string) => join(scratch.path, `p${count}${suffix}`)
  const text = [
    '[mysqld]',
    ...(process.getuid?.() === 0 ? ['user=root'] : []),
    'mysqlx=OFF',
    'skip_networking',
    'secure_file_priv=NULL',
    'log_error_verbosity=3',
    `pid_file=${path('.pid')}`,
    ...lines,
  ]
  await writeFile(path('.cnf'), text.join('\n'))
  return {
    mysqld: donor.basedir.mysqld,
    datadir,
    configFile: path('.cnf'),
    socket: path('.sock'),
    logFile: path('.log'),
  }
}

describeServer('a private mysqld on a clone', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    donor = await startInstance({ dir: join(scratch.path, 'donor') })
    await donor.sql(
      "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (7); CREATE USER x IDENTIFIED BY 'y'",
    )
  })
  beforeEach(async () => {
    count += 1
    datadir = join(scratch.path, `clone${count}`)
    await donor.sql(`CLONE LOCAL DATA DIRECTORY = '${datadir}'`)
  })
  afterAll(async () => {
    await donor.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('starts, answers, and stops cleanly', async () => {
    const options = await plan()
    const server = await startPrivateMysqld(options)
    expect(isAlive(server.identity)).toBe(true)
    {
      await using session = await openSession({ user: 'root', socket: server.socket })
      expect(await session.value('SELECT id FROM d.t')).toBe('7')
      expect(await readCloneStatus(session)).toMatchObject([
        {
          pid: 0,
          state: 'Completed',
          binlogFile: expect.stringMatching(/binlog\.\d+$/u),
          gtidExecuted: expect.stringContaining(':1-'),
        },
      ])
    }
    await server.stop()
    expect(await server.exited).toEqual({ exitCode: 0, signal: null })
    expect(isAlive(server.identity)).toBe(false)
    await server.stop()
  })

  it('is stopped by leaving the block that holds it', async () => {
    let identity
    {
      await using server = await startPrivateMysqld(await plan())
      identity = server.identity
    }
    expect(isAlive(identity)).toBe(false)
  })

  it('counts as started when it refuses the account, and is then stopped by SIGTERM', async () => {
    const server = await startPrivateMysqld({ ...(await plan()), user: 'x' })
    await server.stop()
    expect(await server.exited).toEqual({ exitCode: 0, signal: null })
  })

  it('takes an account with a password', async () => {
    const account = { user: 'x', password: 'y' }
    await using server = await startPrivateMysqld({ ...(await plan()), ...account })
    await using session = await openSession({ socket: server.socket, ...account })
    expect(await session.value('SELECT CURRENT_USER()')).toBe('x@%')
  })

  it('says which option was wrong', async () => {
    const options = await plan('no_such_option=1')
    await expect(startPrivateMysqld(options)).rejects.toMatchObject({
      code: 'PROCESS',
      message: expect.stringMatching(
        /^mysqld ended before it answered: exit code \d+: .*no_such_option=1/u,
      ),
      details: { logFile: options.logFile, logTail: expect.stringContaining('Shutdown') },
    })
  })

  it('says what was wrong with the files', async () => {
    const options = await plan()
    await expect(
      startPrivateMysqld({ ...options, datadir: join(scratch.path, 'nothing') }),
    ).rejects.toMatchObject({ code: 'PROCESS', details: { exitCode: 1 } })
  })

  it('stops a mysqld whose start is cancelled', async () => {
    const options = await plan()
    const noted: unknown[] = []
    await expect(
      startPrivateMysqld({
        ...options,
        signal: AbortSignal.timeout(300),
        onSpawn: async (identity) => void noted.push(isAlive(identity), identity),
      }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(noted[0]).toBe(true)
    expect(isAlive(noted[1] as Parameters<typeof isAlive>[0])).toBe(false)
    // The files were not hurt: it starts again.
    await using server = await startPrivateMysqld(options)
    expect(server.pid).toBeGreaterThan(0)
  })

  it('is left running when it is released', async () => {
    const server = await startPrivateMysqld(await plan())
    server.release()
    await server[Symbol.asyncDispose]()
    expect(isAlive(server.identity)).toBe(true)
    await server.kill()
    expect(isAlive(server.identity)).toBe(false)
    await server.stop()
  })

  it('refuses a socket at which another server answers', async () => {
    const options = { ...(await plan()), socket: donor.socket }
    await expect(startPrivateMysqld(options)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('already answers'),
    })
  })

  it('tells a crash from a clean end', async () => {
    const server = await startPrivateMysqld(await plan())
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    await expect(server.stop()).rejects.toMatchObject({
      code: 'PROCESS',
      message: expect.stringContaining('signal SIGKILL'),
    })
  })
})
