// A drill of a compressed chain that GreatSQL made, applied either way.
import { mkdir } from 'node:fs/promises'
import { beforeAll, expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { drillIn, expectNothingLeft } from '../support/drill.ts'
import { useGreatSql } from './scene.ts'

describeServer('a drill of what GreatSQL made', () => {
  const at = useGreatSql()
  const ids: string[] = []

  beforeAll(async () => {
    const { scene, server } = at
    await server.sql(`CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, note TEXT);
      INSERT INTO shop.orders VALUES (1, 'before the full')`)
    ids.push((await scene.backup('full', '--compress=zstd')).id)
    await server.sql("INSERT INTO shop.orders VALUES (2, 'after it')")
    ids.push((await scene.backup('incr', '--compress=zstd')).id)
    await mkdir(scene.path('scratch'))
  })

  it.each(['mysqld', 'native'])('applies by %s, and finds every table as it was', async (by) => {
    const { scene, server } = at
    const scratch = scene.path('scratch')
    const document = await drillIn(scene, ['--scratch-dir', scratch, '--apply', by])
    expect(document).toMatchObject({
      ...{ outcome: 'ok', appliedBy: by, chain: ids, backup: ids[1], problems: [] },
    })
    const steps = document.steps.map(({ step }) => step)
    expect(steps).toEqual(['stage', 'prepare', 'apply', 'publish', 'start', 'check'])
    const [orders] = document.tables.filter(({ name }) => name === 'shop.orders')
    const sums = await tableChecksums(server)
    expect(orders).toMatchObject({ check: 'ok', checksum: sums.get('shop.orders') })
    await expectNothingLeft(scene, scratch)
  })
})
