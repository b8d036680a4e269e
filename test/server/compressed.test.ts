// Compressed backups of a stock MySQL server: clonectl compresses them, in GreatSQL's names.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Manifest } from '../../src/repository/manifest.ts'
import { tableChecksums } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { failureOf } from './support/run-clonectl.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'

const manifestOf = async ({ directory }: BackupDocument): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest

describeServer('compressed backups', () => {
  let scene: Scene
  let donor: Instance
  const backups: BackupDocument[] = []

  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 40_000_000, tables: 2 })
    backups.push(await scene.backup('full', '--compress'))
    await donor.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id MOD 40 = 0')
    backups.push(await scene.backup('incr', '--compress=lz4'))
    await donor.sql('DELETE FROM shop.orders_2 WHERE id MOD 50 = 0')
    backups.push(await scene.backup('incr'))
    await donor.sql('CREATE TABLE shop.late AS SELECT * FROM shop.orders_1 LIMIT 500')
    backups.push(await scene.backup('incr', '--compress=zstd'))
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('are smaller, and every file says what it holds', async () => {
    const [full] = await Promise.all(backups.map(manifestOf))
    expect(full).toMatchObject({ engine: 'mysql', compression: 'zstd' })
    expect(backups[0]?.storedBytes).toBeLessThan((backups[0]?.resultBytes ?? 0) / 2)
    const whole = new Map(full?.result?.files.map(({ path, ...digest }) => [path, digest]))
    for (const { path, content } of full?.files ?? []) {
      if (!path.endsWith('.zstd')) continue
      expect(content).toEqual(whole.get(path.replace(/^data\/|\.zstd$/g, '')))
    }
  })

  it('are one chain with plain ones, restored as the donor is', async () => {
    const target = scene.path('target')
    const { chain } = await scene.restore('--target-dir', target)
    expect(chain).toEqual(backups.map(({ id }) => id))
    const restored = await scene.serverOn(target)
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(donor))
    await restored.stop()
  })

  it('are refused when a byte of a frame changed', async () => {
    const file = join(backups[0]?.directory ?? '', 'data/shop/orders_1.ibd.zstd')
    const bytes = await readFile(file)
    const middle = Math.floor(bytes.length / 2)
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
    await writeFile(file, bytes)
    const failure = failureOf(
      await scene.run('restore', '--target-dir', scene.path('never'), '--json'),
    )
    expect(failure).toMatchObject({ code: 'INTEGRITY', exitCode: 21 })
    expect(failure.message).toContain('orders_1.ibd')
  })
})
