// A full made of a chain, with a real server before and after it: it restores to the bytes that the
// chain restores to, and is as good a base as the increment it stands for.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tableChecksums, treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { killAt, runToDeath } from './support/killing.ts'
import { expectSealedWhole, lookAt } from './support/repository-look.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { discard, makeScene, type BackupDocument, type Scene } from './support/scene.ts'

interface MergeDocument extends BackupDocument {
  readonly mergedFrom: { readonly tip: string; readonly chain: readonly string[] }
}

describeServer('chain merge', () => {
  let scene: Scene
  let donor: Instance
  const backups: BackupDocument[] = []
  const ids = () => backups.map(({ id }) => id)
  const mergedId = () => ids()[2]?.replace('incr', 'full') ?? ''

  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 20_000_000, tables: 2 })
    backups.push(await scene.backup('full', '--compress'))
    await donor.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id MOD 40 = 0')
    backups.push(await scene.backup('incr'))
    await donor.sql(`DELETE FROM shop.orders_2 WHERE id MOD 50 = 0;
      CREATE TABLE shop.late AS SELECT * FROM shop.orders_1 LIMIT 500`)
    backups.push(await scene.backup('incr', '--compress=lz4'))
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  const merge = async (...args: readonly string[]) =>
    documentOf(await scene.run('chain', 'merge', ...args, '--json')) as MergeDocument

  it.each([
    ['journal merge', 'before'],
    ['journal merge', 'after'],
    ['journal stage', 'after'],
    ['journal compress', 'after'],
    ['journal seal', 'after'],
    ['rename manifest.json', 'before'],
  ] as const)(
    'killed at "%s" (%s) it loses nothing, and the next one succeeds',
    async (point, when) => {
      const before = await lookAt(scene.repo)
      await runToDeath(scene, ['chain', 'merge', '--keep-codec'], [killAt(point, when)])
      expect((await lookAt(scene.repo)).sealed).toEqual(ids())
      const { id, cleaned } = await merge()
      expect(id).toBe(mergedId())
      expect(cleaned).toHaveLength(1)
      for (const each of [...ids(), id]) await expectSealedWhole(join(scene.repo, each))
      expect(await lookAt(scene.repo)).toMatchObject({ unsealed: [], lockPid: undefined })
      await discard(join(scene.repo, id))
      await discard(join(scene.repo, 'trash'))
      expect((await lookAt(scene.repo)).sealed).toEqual(before.sealed)
    },
  )

  it('makes a full that restores to the very bytes of the chain', async () => {
    const [ofChain, ofMerged] = [scene.path('of-chain'), scene.path('of-merged')]
    const tip = ids()[2] ?? ''
    await scene.restore('--backup', tip, '--target-dir', ofChain)
    const merged = await merge(tip, '--compress', '--label', 'synthetic')
    expect(merged).toMatchObject({ id: mergedId(), mergedFrom: { tip, chain: ids() } })
    expect(merged.storedBytes).toBeLessThan(merged.resultBytes / 2)
    const { chain } = await scene.restore('--backup', merged.id, '--target-dir', ofMerged)
    expect(chain).toEqual([merged.id])
    expect(await treeDigest(ofMerged)).toEqual(await treeDigest(ofChain))
    expect(failureOf(await scene.run('chain', 'merge', tip, '--json')).code).toBe('PATH_NOT_EMPTY')
    await discard(ofChain)
    await discard(ofMerged)
  })

  it('leaves nothing wrong for chain verify', async () => {
    const verified = documentOf(await scene.run('chain', 'verify', '--deep', '--json'))
    expect(verified).toMatchObject({ outcome: 'ok', problems: [] })
  })

  it('lets the next increment be made on it when everything older is gone', async () => {
    for (const id of ids()) await rm(join(scene.repo, id), { recursive: true })
    await donor.sql('UPDATE shop.late SET amount = amount + 2; DROP TABLE shop.orders_2')
    const next = await scene.backup('incr', '--no-fallback')
    expect(next).toMatchObject({ type: 'increment', base: mergedId() })
    expect(next.storedBytes).toBeLessThan(next.resultBytes / 4)
    const target = scene.path('target')
    const { chain } = await scene.restore('--target-dir', target)
    expect(chain).toEqual([mergedId(), next.id])
    const restored = await scene.serverOn(target)
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(donor))
    await restored.stop()
  })
})
