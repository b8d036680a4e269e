// A GreatSQL server that clones another one: who is asked what, and where the password is.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { loadTables } from '../../bed/load.ts'
import { failureOf } from '../support/run-clonectl.ts'
import { filesHolding, watchForSecret } from '../support/secret-watch.ts'
import { type GreatSqlServer, startGreatSql, useGreatSql } from './scene.ts'

const secret = 'kumquat-4711-Quincunx'

describeServer('a remote clone', () => {
  const stage = useGreatSql()
  let donor: GreatSqlServer
  let passwordFile: string
  /** Everything that any run wrote. */
  let outputs = ''

  const remote = (): readonly string[] => [
    ...['--donor', `copier@127.0.0.1:${donor.port}`],
    ...['--donor-password-file', passwordFile],
  ]
  const run = async (...args: readonly string[]) => {
    const { scene } = stage
    const watch = watchForSecret({ secret, tmp: scene.tmp, given: [] })
    const ended = await scene.run(...args, ...remote(), '--json', '--verbose')
    expect(watch.stop()).toEqual([])
    outputs += ended.stdout + ended.stderr
    return ended
  }
  const backup = async (...args: readonly string[]): Promise<Manifest> => {
    const ended = await run(...args)
    expect(ended).toMatchObject({ code: 0 })
    const { directory } = JSON.parse(ended.stdout) as { directory: string }
    return JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest
  }

  beforeAll(async () => {
    donor = await startGreatSql(stage.scene.path('donor'))
    await loadTables(donor, { bytes: 1_000_000, tables: 1 })
    await donor.sql(`CREATE USER copier@'127.0.0.1' IDENTIFIED BY '${secret}';
      GRANT BACKUP_ADMIN, PROCESS ON *.* TO copier@'127.0.0.1';
      GRANT SELECT ON performance_schema.* TO copier@'127.0.0.1'`)
    passwordFile = stage.scene.path('donor.password')
    await writeFile(passwordFile, `${secret}\n`, { mode: 0o600 })
  })
  afterAll(async () => {
    await donor.stop()
  })

  it('is refused while the donor is not in clone_valid_donor_list', async () => {
    const failure = failureOf(await run('full'))
    expect(failure).toMatchObject({ code: 'PREFLIGHT', exitCode: 31 })
    expect(failure.hint).toContain(`SET GLOBAL clone_valid_donor_list = '127.0.0.1:${donor.port}'`)
  })

  it('makes a chain of the donor, run by the recipient', async () => {
    const { server } = stage
    await server.sql(`SET GLOBAL clone_valid_donor_list = '127.0.0.1:${donor.port}'`)
    const [[donorUuid] = [], [ownUuid] = []] = await Promise.all(
      [donor, server].map(async (asked) => (await asked.sql('SELECT @@server_uuid'))[0]),
    )
    const full = await backup('full')
    await donor.sql('DELETE FROM shop.orders_1 WHERE id MOD 5 = 0')
    const incr = await backup('incr', '--compress')
    for (const manifest of [full, incr]) {
      expect(manifest).toMatchObject({
        donor: { serverUuid: donorUuid },
        recipient: { serverUuid: ownUuid },
        history: { source: `127.0.0.1:${donor.port}` },
      })
    }
    expect(incr).toMatchObject({ type: 'increment', base: full.id, compression: 'zstd' })
  })

  it('says what the donor says when it refuses', async () => {
    await donor.sql("REVOKE BACKUP_ADMIN ON *.* FROM copier@'127.0.0.1'")
    const failure = failureOf(await run('full'))
    expect(failure.message).toContain('lacks BACKUP_ADMIN')
    await donor.sql(`ALTER USER copier@'127.0.0.1' IDENTIFIED BY 'another'`)
    expect(failureOf(await run('full'))).toMatchObject({ code: 'SERVER', exitCode: 30 })
  })

  it('leaves the password nowhere', async () => {
    expect(outputs).not.toContain(secret)
    expect(await filesHolding(stage.scene.repo, secret)).toEqual([])
  })
})
