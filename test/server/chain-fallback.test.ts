// When no increment can be made: which full is taken instead, what is said of it, and that nothing
// is taken with --no-fallback.
import { copyFile, open, readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { stateOf } from './support/server-state.ts'

let scene: Scene
let donor: Instance

const uuidOf = async (instance: Instance): Promise<string> =>
  (await instance.sql('SELECT @@server_uuid'))[0]?.[0] ?? ''

const filesInRepository = async (): Promise<readonly string[]> =>
  (await readdir(scene.repo, { recursive: true })).sort()

/** Moves the LSN on and changes pages. */
const work = (instance: Instance = donor) =>
  instance.sql('UPDATE shop.orders_1 SET note = REVERSE(note), customer = customer + 1')

/** An `incr` that becomes a full, and what it says of it to programs and to people. */
const expectFullBecause = async (code: string, reason: string | RegExp): Promise<void> => {
  const before = await filesInRepository()
  const refused = failureOf(await scene.run('incr', '--no-fallback', '--json'))
  expect(refused).toMatchObject({ code: 'BASE_UNUSABLE', exitCode: 20, details: { reason: code } })
  expect(refused.message).toMatch(reason)
  expect(refused.hint).toContain('clonectl full')
  expect(await filesInRepository()).toEqual(before)

  const run = await scene.run('incr', '--json')
  const full = documentOf(run) as BackupDocument
  expect(full).toMatchObject({ type: 'full', base: null, decision: { asked: 'increment', code } })
  expect(full.decision.reason).toMatch(reason)
  expect(run.stderr).toContain(`warning: taking a full: ${full.decision.reason}`)
}

const expectIncrement = async (): Promise<BackupDocument> => {
  const backup = await scene.backup('incr')
  expect(backup.decision).toMatchObject({ asked: 'increment', code: 'INCREMENT' })
  return backup
}

describeServer('an increment that cannot be made', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 4_000_000, tables: 2 })
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('becomes a full where there is no backup yet', async () => {
    const first = await scene.backup('incr', '--label', 'first')
    expect(first).toMatchObject({ type: 'full', decision: { asked: 'increment', code: 'NO_BASE' } })
    await expectIncrement()
  })

  it('is refused when the base that was named does not exist', async () => {
    const before = await filesInRepository()
    const refused = failureOf(await scene.run('incr', '--base', 'UTC1999', '--json'))
    expect(refused).toMatchObject({ code: 'BACKUP_UNKNOWN', exitCode: 20 })
    expect(refused.message).toBe('no sealed backup is called UTC1999')
    expect(await filesInRepository()).toEqual(before)
  })

  it('becomes a full when page tracking was restarted', async () => {
    await work()
    for (const action of ['stop', 'start'])
      documentOf(await scene.run('page-track', action, '--json'))
    await expectFullBecause('TRACKING_CHANGED', /^.*page tracking was restarted at LSN \d+ after /)
    await expectIncrement()
  })

  it('becomes a full when page tracking is off', async () => {
    documentOf(await scene.run('page-track', 'stop', '--json'))
    const run = await scene.run('incr', '--no-page-track', '--json')
    expect(documentOf(run)).toMatchObject({
      type: 'full',
      decision: { code: 'TRACKING_CHANGED', reason: expect.stringMatching(/is off now$/) },
    })
  })

  it('can be made without page tracking when the base was taken without it', async () => {
    await work()
    const backup = await scene.backup('incr', '--no-page-track')
    expect(backup.type).toBe('increment')
    const target = scene.path('untracked')
    await scene.restore('--latest', '--target-dir', target)
    expect(await stateOf(await scene.serverOn(target))).toEqual(await stateOf(donor))
  })

  describe('because its base is damaged', () => {
    beforeAll(() => scene.backup('full'))

    /** An increment on the full that the test before ended with. */
    const freshChain = async (): Promise<BackupDocument> => {
      await work()
      return expectIncrement()
    }

    it.each([
      {
        damage: 'a truncated delta',
        apply: (dir: string) => truncate(join(dir, 'data/shop/orders_1.ibd.delta'), 16_384),
        reason: /-incr is damaged: data\/shop\/orders_1\.ibd\.delta has 16384 bytes, expected \d+/,
      },
      {
        damage: 'a missing delta',
        apply: (dir: string) => rm(join(dir, 'data/shop/orders_2.ibd.delta')),
        reason: /-incr is damaged: data\/shop\/orders_2\.ibd\.delta is missing/,
      },
      {
        damage: 'page hashes with one byte changed',
        apply: async (dir: string) => {
          await using pagemap = await open(join(dir, 'pagemap'), 'r+')
          const { buffer } = await pagemap.read(Buffer.alloc(1), 0, 1, 1000)
          await pagemap.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, 1000)
        },
        reason: /-incr is damaged: its pagemap was changed/,
      },
    ])('becomes a full: $damage', async ({ apply, reason }) => {
      const tip = await freshChain()
      await apply(tip.directory)
      await expectFullBecause('BASE_DAMAGED', reason)
    })

    it('becomes a full: a truncated file below the base', async () => {
      const tip = await freshChain()
      await truncate(join(scene.repo, tip.base ?? '', 'data/shop/orders_1.ibd'), 1_000_000)
      await expectFullBecause(
        'BASE_DAMAGED',
        /-full is damaged: data\/shop\/orders_1\.ibd has 1000000 bytes, expected \d+/,
      )
    })
  })

  it('becomes a full of a server that was restored to an earlier state', async () => {
    const full = await scene.backup('full')
    await work()
    await expectIncrement()
    const target = scene.path('earlier')
    await scene.restore('--backup', full.id, '--target-dir', target)
    // With auto.cnf it takes itself for the server it was.
    await copyFile(join(donor.datadir, 'auto.cnf'), join(target, 'auto.cnf'))
    const uuid = await uuidOf(donor)
    await donor.stop()
    const earlier = await scene.serverOn(target)
    expect(await uuidOf(earlier)).toBe(uuid)
    await scene.useDonor(earlier)
    await expectFullBecause(
      'LSN_WENT_BACK',
      /the server is at LSN \d+, before the end of .+-incr at \d+/,
    )
    await work(earlier)
    await expectIncrement()
    await earlier.stop()
    await donor.restart()
  })

  it('becomes a full of another server, such as one restored from the donor', async () => {
    const target = scene.path('other')
    await scene.restore('--latest', '--target-dir', target)
    const other = await scene.serverOn(target)
    await scene.useDonor(other)
    const uuids = new RegExp(
      `taken from server ${await uuidOf(donor)}, this is ${await uuidOf(other)}`,
    )
    await expectFullBecause('SERVER_CHANGED', uuids)
    await work(other)
    const { id } = await expectIncrement()
    await scene.restore('--backup', id, '--target-dir', scene.path('of-other'))
    const restored = await scene.serverOn(scene.path('of-other'))
    expect(await stateOf(restored)).toEqual(await stateOf(other))
  })

  it('has left nothing behind in all of this', async () => {
    const names = await readdir(scene.repo)
    expect(names.filter((name) => !name.startsWith('UTC'))).toEqual(['repository.json'])
    expect(await readdir(scene.tmp)).toEqual([])
  })
})
