// Clones that somebody made by hand on stock MySQL: they become fulls, and increments are made on them.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { failureOf } from './support/run-clonectl.ts'
import { makeScene, type Scene } from './support/scene.ts'
import { stateOf, type ServerState } from './support/server-state.ts'

let scene: Scene
let donor: Instance
let recipient: Instance
let atClone: ServerState

const clone = (name: string): string => scene.path(`20240618-incr-${name}`)

describeServer('clones made by hand on stock MySQL', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 2_000_000, tables: 2 })
    await donor.sql(`
      CREATE TABLE shop.squeezed (id INT PRIMARY KEY) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4;
      CREATE USER cloner@localhost IDENTIFIED BY 'Cloner-1'; GRANT BACKUP_ADMIN ON *.* TO cloner@localhost`)
    await donor.sql(`CLONE LOCAL DATA DIRECTORY = '${clone('local')}'`)
    atClone = await stateOf(donor)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('are what an increment is made on, and come back with it', async () => {
    const full = await scene.backup('chain', 'adopt', clone('local'), '--ask-server')
    const [[uuid] = []] = await donor.sql('SELECT @@server_uuid')
    expect(full).toMatchObject({
      type: 'full',
      engine: 'mysql',
      serverUuid: uuid,
      decision: { code: 'ADOPTED', reason: `adopted from ${clone('local')}` },
    })
    await donor.sql(`
      UPDATE shop.orders_1 SET amount = amount + 1 WHERE id < 50;
      INSERT INTO shop.squeezed VALUES (1), (2); DROP TABLE shop.orders_2`)
    const incr = await scene.backup('incr')
    expect(incr).toMatchObject({ type: 'increment', base: full.id })
    expect(incr.storedBytes).toBeLessThan(full.storedBytes / 2)
    expect((await scene.run('chain', 'verify', '--deep')).stdout).toMatch(/^problems: +none$/m)

    const states = [atClone, await stateOf(donor)]
    for (const [index, { id }] of [full, incr].entries()) {
      const target = scene.path(`target-${index}`)
      await scene.restore('--backup', id, '--target-dir', target)
      expect(await stateOf(await scene.serverOn(target))).toEqual(states[index])
    }
  })

  it('may be of another server than the one that ran CLONE INSTANCE', async () => {
    recipient = await scene.server('recipient')
    await recipient.sql(`
      SET GLOBAL clone_valid_donor_list = 'localhost:${donor.port}';
      CLONE INSTANCE FROM cloner@localhost:${donor.port} IDENTIFIED BY 'Cloner-1'
        DATA DIRECTORY = '${clone('remote')}'`)
    const source = await readFile(join(clone('remote'), '#clone/#view_status'), 'utf8')
    expect(source.split('\n')[2]).toBe(`localhost:${donor.port}`)
    const { directory, serverUuid } = await scene.backup(
      ...['chain', 'adopt', clone('remote'), '--ask-server', '--move'],
    )
    expect([[serverUuid]]).toEqual(await donor.sql('SELECT @@server_uuid'))
    expect(existsSync(clone('remote'))).toBe(false)
    expect(existsSync(join(directory, 'data/mysql.ibd'))).toBe(true)
  })

  it('are refused when the server that is asked has not come as far', async () => {
    await scene.useDonor(recipient)
    const args = ['chain', 'adopt', clone('local'), '--ask-server', '--repo', scene.path('other')]
    const failure = failureOf(await scene.run(...args, '--json'))
    expect(failure).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('is not the one: it is at LSN') as unknown,
    })
  })
})
