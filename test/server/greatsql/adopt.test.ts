// Clones that somebody made by hand on GreatSQL: what the server remembers of them, and how they
// become backups.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { loadTables } from '../../bed/load.ts'
import { failureOf } from '../support/run-clonectl.ts'
import { type BackupDocument, makeScene } from '../support/scene.ts'
import { useGreatSql } from './scene.ts'

const manifestOf = async ({ directory }: BackupDocument): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest

interface ShownChains {
  readonly chains: readonly {
    readonly members: readonly {
      readonly id: string
      readonly base?: string
      readonly alsoOn: readonly string[]
    }[]
  }[]
}

describeServer('clones made by hand on GreatSQL', () => {
  const stage = useGreatSql()
  const clone = (name: string): string => stage.scene.path(`clone-of-${name}`)

  beforeAll(async () => {
    const { server } = stage
    await loadTables(server, { bytes: 2_000_000, tables: 2 })
    const take = (name: string, more: string) =>
      server.sql(`CLONE LOCAL DATA DIRECTORY = '${clone(name)}' ENABLE PAGE TRACK ${more}`)
    await take('three', '')
    await server.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id < 50')
    await take('four', `INCREMENT BASED DIRECTORY = '${clone('three')}'`)
    await server.sql('DELETE FROM shop.orders_2 WHERE id MOD 7 = 0')
    await take('five', `INCREMENT BASED DIRECTORY = '${clone('four')}'`)
  })

  it('are in the history, LSNs as the server has them', async () => {
    const { stdout } = await stage.scene.run('history', '--json')
    const { rows } = JSON.parse(stdout) as { rows: Readonly<Record<string, string>>[] }
    const sql = 'SELECT ID, CLONE_TYPE, START_LSN, PAGE_TRACK_LSN, END_LSN FROM mysql.clone_history'
    expect(
      rows.map((row) => [
        row['id'],
        row['cloneType'],
        row['startLsn'],
        row['pageTrackLsn'],
        row['endLsn'],
      ]),
    ).toEqual(await stage.server.sql(`${sql} ORDER BY ID`))
    expect(rows.map((row) => row['destination'])).toEqual(['three', 'four', 'five'].map(clone))
  })

  it('are one chain by the history that the client writes', async () => {
    const { scene, server } = stage
    const columns =
      'ID CLONE_TYPE STATE BEGIN_TIME END_TIME SOURCE START_LSN PAGE_TRACK_LSN END_LSN'.split(' ')
    const rows = await server.sql(`SELECT ${columns.join(', ')} FROM mysql.clone_history`)
    const file = scene.path('history.tsv')
    await writeFile(file, [columns, ...rows].map((row) => `${row.join('\t')}\n`).join(''))
    const { stdout } = await scene.run('chain', 'show', '--history', file)
    expect(stdout).toMatch(/^ID:1 ==> ID:2 ==> ID:3\n/)
  })

  it('become that chain when they are adopted, and come back', async () => {
    const { scene } = stage
    const adopt = (name: string, ...args: readonly string[]) =>
      scene.backup('chain', 'adopt', clone(name), '--ask-server', ...args)
    const three = await adopt('three', '--label', 'by hand')
    const four = await adopt('four')
    const five = await adopt('five', '--move')
    const { stdout } = await scene.run('chain', 'show', '--json')
    const { chains } = JSON.parse(stdout) as ShownChains
    expect(chains.map(({ members }) => members.map(({ id, base }) => [id, base]))).toEqual([
      [
        [three.id, undefined],
        [four.id, three.id],
        [five.id, four.id],
      ],
    ])
    expect(await manifestOf(four)).toMatchObject({
      decision: { code: 'ADOPTED', reason: `adopted from ${clone('four')}` },
      history: { id: '2', cloneType: 'increment clone', destination: clone('four') },
    })
    const again = failureOf(
      await scene.run('chain', 'adopt', clone('three'), '--ask-server', '--json'),
    )
    expect(again).toMatchObject({ code: 'USAGE', details: { backup: three.id } })
    const target = scene.path('restored')
    expect((await scene.restore('--target-dir', target)).chain).toEqual([
      three.id,
      four.id,
      five.id,
    ])
    const restored = await scene.serverOn(target)
    const sums = 'CHECKSUM TABLE shop.orders_1, shop.orders_2'
    expect(await restored.sql(sums)).toEqual(await stage.server.sql(sums))
  })

  it('are known without a server, too, but not without a base', async () => {
    const { scene, server } = stage
    const [[uuid = ''] = []] = await server.sql('SELECT @@server_uuid')
    const told = [
      '--server-uuid',
      uuid,
      '--server-version',
      '8.0.32-27',
      '--lower-case-table-names=0',
    ]
    const repo = ['--repo', scene.path('other')]
    const orphan = failureOf(
      await scene.run('chain', 'adopt', clone('four'), ...told, ...repo, '--json'),
    )
    expect(orphan).toMatchObject({ code: 'BASE_UNUSABLE', exitCode: 20 })
    const moved = scene.path('increment')
    await rename(clone('three'), moved)
    const full = await scene.backup('chain', 'adopt', moved, ...told, ...repo)
    expect(full).toMatchObject({ type: 'full', serverUuid: uuid })
    const incr = await scene.backup('chain', 'adopt', clone('four'), ...told, ...repo)
    expect(incr).toMatchObject({ type: 'increment', base: full.id })
  })
})

describeServer('stock MySQL', () => {
  it('is told that it keeps no history', async () => {
    await using scene = await makeScene()
    await scene.useDonor(await scene.server('stock'))
    const failure = failureOf(await scene.run('history', '--json'))
    expect(failure).toMatchObject({ code: 'SERVER', exitCode: 30, details: { errno: 1146 } })
    expect(failure.message).toContain('it has no mysql.clone_history')
  })
})
