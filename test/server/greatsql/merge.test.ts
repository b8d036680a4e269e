// A full made of a chain that GreatSQL made, clonectl applying: the bytes are those that GreatSQL's own
// mysqld makes of the chain, and the server's next increment is made on it.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tableChecksums, treeDigest } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { documentOf } from '../support/run-clonectl.ts'
import type { BackupDocument } from '../support/scene.ts'
import { useGreatSql } from './scene.ts'

describeServer('chain merge of what GreatSQL made', () => {
  const at = useGreatSql()

  it('restores as the chain does, and carries the next increment when that is gone', async () => {
    const { scene, server } = at
    await server.sql(`CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, s TEXT);
      CREATE TABLE shop.dropped (id INT PRIMARY KEY); INSERT INTO shop.orders VALUES (1, 'full')`)
    const backups = [await scene.backup('full', '--compress')]
    await server.sql(`INSERT INTO shop.orders VALUES (2, 'first'); DROP TABLE shop.dropped`)
    backups.push(await scene.backup('incr', '--compress'))
    await server.sql(
      `INSERT INTO shop.orders VALUES (3, 'second'); RENAME TABLE shop.orders TO shop.sold`,
    )
    backups.push(await scene.backup('incr'))
    const tip = backups[2]?.id ?? ''
    const [ofChain, ofMerged] = [scene.path('of-chain'), scene.path('of-merged')]
    await scene.restore('--backup', tip, '--target-dir', ofChain)

    const merged = documentOf(
      await scene.run('chain', 'merge', '--compress', '--json'),
    ) as BackupDocument
    expect(merged.id).toBe(tip.replace('incr', 'full'))
    await scene.restore('--backup', merged.id, '--target-dir', ofMerged)
    expect(await treeDigest(ofMerged)).toEqual(await treeDigest(ofChain))
    const verified = documentOf(await scene.run('chain', 'verify', '--deep', '--json'))
    expect(verified).toMatchObject({ outcome: 'ok', problems: [] })

    for (const { id } of backups) await rm(join(scene.repo, id), { recursive: true })
    await server.sql(`INSERT INTO shop.sold VALUES (4, 'after')`)
    const next = await scene.backup('incr', '--no-fallback')
    expect(next).toMatchObject({ type: 'increment', base: merged.id })
    const target = scene.path('target')
    expect((await scene.restore('--target-dir', target)).chain).toEqual([merged.id, next.id])
    const restored = await scene.serverOn(target)
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(server))
    await restored.stop()
  })
})
