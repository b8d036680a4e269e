import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import type { ConnectionOptions } from '../../../src/mysql/connection-options.ts'
import { isConnectionLost } from '../../../src/mysql/server-errno.ts'
import { openSession } from '../../../src/mysql/session.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let server: Instance

const password = 'it\'s a \\ "secret" #1'
const account = { user: 'backup', password }

const failureOf = async (work: Promise<unknown>): Promise<ClonectlError> => {
  const outcome: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(ClonectlError)
  return outcome as ClonectlError
}

/** The cipher of a connection; '' without TLS. */
const cipherOf = async (options: Omit<ConnectionOptions, 'user' | 'password'>) => {
  await using session = await openSession({ ...account, ...options })
  const [row] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
  return row?.['Value']
}

const tcp = () => ({ host: '127.0.0.1', port: server.port })

describeServer('a session', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    const options = [
      'default_time_zone=+05:30',
      'sql_mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
      'autocommit=0',
    ]
    server = await startInstance({ dir: join(scratch.path, 'server'), options })
    await using session = await openSession({ user: 'root', socket: server.socket })
    await session.query("CREATE USER backup@'%' IDENTIFIED BY ?", [password])
  })
  // Without it the server would let in by the cached password, which is the easy way.
  beforeEach(() => server.sql('FLUSH PRIVILEGES'))
  afterAll(async () => {
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('gives every value as the text the server sent', async () => {
    await using session = await openSession({ user: 'root', socket: server.socket })
    const [row] = await session.query(
      'SELECT 9223372036854775807 AS lsn, 18446744073709551615 AS u, 1.50 AS d, NULL AS n, ' +
        "FROM_UNIXTIME(1795169314.616) AS t, JSON_OBJECT('a', 9007199254740993) AS j, 1=1 AS b, " +
        "'é😀' AS text, X'6162' AS bytes, 2 AS `2`, 1 AS `1`",
    )
    expect(row).toEqual({
      lsn: '9223372036854775807',
      u: '18446744073709551615',
      d: '1.50',
      n: null,
      t: '2026-11-20 10:08:34.616',
      j: '{"a": 9007199254740993}',
      b: '1',
      text: 'é😀',
      bytes: 'ab',
      2: '2',
      1: '1',
    })
    expect(await session.value('SELECT 2 AS `2`, 1 AS `1`')).toBe('2')
    expect(await session.value('SELECT 1 FROM DUAL WHERE FALSE')).toBeNull()
    expect(await session.query('DO 1')).toEqual([])
  })

  it('does not depend on how the server is configured', async () => {
    await using session = await openSession({ user: 'root', socket: server.socket })
    const [row] = await session.query(
      'SELECT @@time_zone AS zone, @@sql_mode AS mode, @@autocommit AS auto, ' +
        '@@character_set_client AS charset, CONNECTION_ID() AS id',
    )
    expect(row).toEqual({
      zone: '+00:00',
      mode: '',
      auto: '1',
      charset: 'utf8mb4',
      id: String(session.connectionId),
    })
  })

  it('puts values in for question marks', async () => {
    await using session = await openSession({ user: 'root', socket: server.socket })
    const values = ['a\'\\b"', 9223372036854775807n, null, 7]
    expect(await session.query('SELECT ? AS a, ? AS b, ? AS c, ? AS d', values)).toEqual([
      { a: 'a\'\\b"', b: '9223372036854775807', c: null, d: '7' },
    ])
  })

  it('logs in with caching_sha2_password over a socket, over TLS and without TLS', async () => {
    expect(await cipherOf({ socket: server.socket })).toBe('')
    await server.sql('FLUSH PRIVILEGES')
    expect(await cipherOf({ ...tcp(), sslMode: 'DISABLED' })).toBe('')
    await server.sql('FLUSH PRIVILEGES')
    expect(await cipherOf(tcp())).toMatch(/^TLS/u)
  })

  it('verifies the server where that is asked for', async () => {
    const ca = join(server.datadir, 'ca.pem')
    const unrelated = join(server.datadir, 'client-cert.pem')
    expect(await cipherOf({ ...tcp(), sslMode: 'REQUIRED', sslCa: unrelated })).toMatch(/^TLS/u)
    expect(await cipherOf({ socket: server.socket, sslMode: 'VERIFY_CA', sslCa: ca })).toMatch(
      /^TLS/u,
    )
    expect(await cipherOf({ ...tcp(), sslCa: ca })).toMatch(/^TLS/u)
    const failure = await failureOf(openSession({ ...account, ...tcp(), sslCa: unrelated }))
    expect(failure).toMatchObject({
      code: 'SERVER',
      details: { driverCode: 'HANDSHAKE_SSL_ERROR' },
    })
  })

  it('explains a wrong password and keeps it to itself', async () => {
    const failure = await failureOf(
      openSession({ ...account, password: 'wr0ng-Pass', socket: server.socket }),
    )
    expect(failure).toMatchObject({ code: 'SERVER', exitCode: 30, details: { errno: 1045 } })
    expect(failure.message).toContain("Access denied for user 'backup'@'localhost'")
    expect(failure.hint).toContain('--login-path')
    expect(JSON.stringify(failure) + String(failure.stack)).not.toContain('wr0ng-Pass')
  })

  it('keeps statements out of errors', async () => {
    await using session = await openSession({ user: 'root', socket: server.socket })
    const secret = 's3cret-Pass'
    const statements = [
      `CLONE INSTANCE FROM u@h:1 IDENTIFIED BY '${secret}' NONSENSE '${secret}'`,
      `CREATE USER x IDENTIFIED BY '${secret}' '${secret}'`,
      `CLONE INSTANCE FROM u@127.0.0.1:1 IDENTIFIED BY '${secret}' DATA DIRECTORY = '/tmp/x'`,
    ]
    for (const statement of statements) {
      const failure = await failureOf(session.query(statement))
      const everything = [JSON.stringify(failure), failure.message, failure.stack, failure.hint]
      expect(everything.join('\n')).not.toContain(secret)
      expect(failure.cause).toBeUndefined()
      expect(failure.message).toMatch(/^(CLONE INSTANCE|CREATE USER): .*MySQL error \d+/u)
    }
  })

  it('notices that its connection was killed, while it works and while it waits', async () => {
    await using control = await openSession({ user: 'root', socket: server.socket })
    await using busy = await openSession({ user: 'root', socket: server.socket })
    await using idle = await openSession({ user: 'root', socket: server.socket })
    const sleeping = failureOf(busy.query('SELECT SLEEP(60)'))
    await control.query(`KILL ${busy.connectionId}`)
    await control.query(`KILL ${idle.connectionId}`)
    expect(isConnectionLost(await sleeping)).toBe(true)
    expect((await sleeping).details['driverCode']).toBe('PROTOCOL_CONNECTION_LOST')
    expect(isConnectionLost(await failureOf(busy.query('SELECT 1')))).toBe(true)
    expect(isConnectionLost(await failureOf(idle.query('SELECT 1')))).toBe(true)
  })

  it('goes on after KILL QUERY', async () => {
    await using control = await openSession({ user: 'root', socket: server.socket })
    await using session = await openSession({ user: 'root', socket: server.socket })
    const query = failureOf(
      session.query(
        'SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c',
      ),
    )
    await expect
      .poll(async () =>
        control.value(
          `SELECT COUNT(*) FROM performance_schema.processlist WHERE ID = ${session.connectionId} AND INFO IS NOT NULL`,
        ),
      )
      .toBe('1')
    await control.query(`KILL QUERY ${session.connectionId}`)
    expect((await query).details).toMatchObject({ errno: 1317, sqlState: '70100' })
    expect(await session.value('SELECT 1')).toBe('1')
  })

  it('does not wait for a statement that runs when it is closed', async () => {
    const session = await openSession({ user: 'root', socket: server.socket })
    const abandoned = failureOf(session.query('SELECT SLEEP(60)'))
    await session.close()
    expect(isConnectionLost(await abandoned)).toBe(true)
    await session.close()
  })

  it('connects without TLS to a server that has none, unless TLS is required', async () => {
    await server.restart(['tls_version='])
    expect(await cipherOf(tcp())).toBe('')
    const failure = await failureOf(openSession({ ...account, ...tcp(), sslMode: 'REQUIRED' }))
    expect(failure.details['driverCode']).toBe('HANDSHAKE_NO_SSL_SUPPORT')
    expect(failure.hint).toContain('--ssl-mode=DISABLED')
  })

  it('notices that the server died', async () => {
    const session = await openSession({ user: 'root', socket: server.socket })
    const sleeping = failureOf(session.query('SELECT SLEEP(60)'))
    await server.kill()
    expect(isConnectionLost(await sleeping)).toBe(true)
    await session.close()
    const failure = await failureOf(openSession({ user: 'root', socket: server.socket }))
    expect(failure.details['driverCode']).toBe('ECONNREFUSED')
  })
})
