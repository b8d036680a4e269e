import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { writeManifest } from '../../../src/repository/manifest-file.ts'
import { restorableBackups, selectChain } from '../../../src/restore/select-chain.ts'
import type { RestoreTarget } from '../../../src/restore/target.ts'
import { type SealedRepository, sealRepository } from '../../fakes/sealed-repository.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()
let repository: SealedRepository
beforeEach(async () => {
  repository = await sealRepository(scratch('repo'))
})

const idOf = (index: number): string => repository.backups[index]!.manifest.id
const pathsOf = (index: number) => repository.backups[index]!.paths

const select = async (target: RestoreTarget) =>
  selectChain(repository.layout, await restorableBackups(repository.layout), target)
const byReference = (reference: string) => select({ kind: 'backup', reference })
const chainOf = async (target: RestoreTarget) =>
  (await select(target)).lineage.map(({ manifest }) => manifest.id)

describe('selectChain', () => {
  it.each([
    ['latest', 2],
    ['latest-full', 0],
    ['oldest', 0],
    ['UTC20261120T01', 1],
  ])('selects %s with everything it sits on', async (reference, tip) => {
    const chain = await chainOf({ kind: 'backup', reference })
    expect(chain).toEqual(repository.backups.slice(0, tip + 1).map(({ manifest }) => manifest.id))
  })

  it('selects the newest backup that ended before a time', async () => {
    const end = new Date(repository.backups[1]!.manifest.endTime)
    expect((await chainOf({ kind: 'time', time: end })).at(-1)).toBe(idOf(1))
    const justBefore = new Date(end.getTime() - 1)
    expect((await chainOf({ kind: 'time', time: justBefore })).at(-1)).toBe(idOf(0))
  })

  describe('for a target in the binlogs', () => {
    const UUID = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'
    /** The backups begin after transactions 5, 15 and 25, and end after 10, 20 and 30. */
    beforeEach(async () => {
      for (const [index, { paths, manifest }] of repository.backups.entries()) {
        const at = (number: number) => ({
          binlogFile: 'binlog.000001',
          binlogPosition: String(number * 100),
          gtidExecuted: `${UUID}:1-${number}`,
        })
        const before = { ...manifest.before, ...at(index * 10 + 5) }
        const after = { ...manifest.after, ...at(index * 10 + 10) }
        await writeManifest(paths, { ...manifest, before, after })
      }
    })
    const tipFor = async (target: RestoreTarget) => (await chainOf(target)).at(-1)

    it.each<[RestoreTarget, number]>([
      [{ kind: 'end' }, 2],
      [{ kind: 'gtid', gtids: `${UUID}:99` }, 2],
      [{ kind: 'gtid', gtids: `${UUID}:31` }, 2],
      [{ kind: 'gtid', gtids: `${UUID}:30` }, 1],
      [{ kind: 'gtid', gtids: `${UUID}:2,${UUID}:21` }, 1],
      [{ kind: 'before-gtid', gtid: `${UUID}:20` }, 0],
      [{ kind: 'before-gtid', gtid: `${UUID}:21` }, 1],
      [{ kind: 'position', file: 'binlog.000001', position: 2999 }, 1],
      [{ kind: 'position', file: 'binlog.000001', position: 3000 }, 2],
      [{ kind: 'position', file: 'binlog.000002', position: 4 }, 2],
    ])('selects the newest backup that surely ends before %j', async (target, index) => {
      expect(await tipFor(target)).toBe(idOf(index))
    })

    it('selects one that may end before it, when none surely does', async () => {
      expect(await tipFor({ kind: 'gtid', gtids: `${UUID}:6` })).toBe(idOf(0))
    })

    it('refuses a target that lies before every backup', async () => {
      for (const target of [
        { kind: 'gtid', gtids: `${UUID}:5` },
        { kind: 'before-gtid', gtid: `${UUID}:5` },
        { kind: 'position', file: 'binlog.000001', position: 499 },
      ] as const)
        expect(await failureOf(select(target))).toMatchObject({
          code: 'TARGET_UNREACHABLE',
          message: expect.stringContaining('no usable backup ends before the target'),
        })
    })
  })

  it('works out how each file is made', async () => {
    const { recipes } = await byReference('latest')
    expect(recipes?.map(({ result, deltas }) => [result.path, deltas.length])).toEqual([
      ['ib_buffer_pool', 0],
      ['ibdata1', 2],
    ])
  })

  it('passes over what cannot be restored when a word or a time is given', async () => {
    writeFileSync(pathsOf(1).manifest, '{')
    expect(await chainOf({ kind: 'backup', reference: 'latest' })).toEqual([idOf(0)])
    const late = new Date('2027-01-01T00:00:00.000Z')
    expect(await chainOf({ kind: 'time', time: late })).toEqual([idOf(0)])
  })

  it('says which newer backups it passed over, where the choice was not the user’s', async () => {
    writeFileSync(pathsOf(1).manifest, '{')
    const passedOver = async (target: RestoreTarget) => (await select(target)).passedOver
    const late = new Date('2027-01-01T00:00:00.000Z')
    expect(await passedOver({ kind: 'backup', reference: 'latest' })).toEqual([idOf(1), idOf(2)])
    expect(await passedOver({ kind: 'time', time: late })).toEqual([idOf(1), idOf(2)])
    expect(await passedOver({ kind: 'backup', reference: idOf(0) })).toEqual([])
    expect(await passedOver({ kind: 'backup', reference: 'oldest' })).toEqual([])
  })

  it("tells a named backup's own fault", async () => {
    writeFileSync(pathsOf(1).manifest, '{')
    expect((await failureOf(byReference(idOf(1)))).code).toBe('REPOSITORY_UNREADABLE')
    expect(await failureOf(byReference(idOf(2)))).toMatchObject({
      code: 'CHAIN_BROKEN',
      message: `${idOf(2)} was made on ${idOf(1)}, which is not among the sealed backups`,
    })
    expect((await failureOf(byReference('UTC1999'))).code).toBe('BACKUP_UNKNOWN')
  })

  it.each<[string, number, () => void, string]>([
    ['the full', 0, () => rmSync(`${pathsOf(0).data}/ibdata1`), 'data/ibdata1 is missing'],
    [
      'an increment in between',
      1,
      () => {
        truncateSync(`${pathsOf(1).data}/ibdata1.delta`, 10)
      },
      'data/ibdata1.delta has 10 bytes, expected 2048',
    ],
  ])('refuses a chain in which a file of %s is damaged', async (_, index, happen, problem) => {
    happen()
    expect(await failureOf(byReference('latest'))).toMatchObject({
      code: 'INTEGRITY',
      message: `${idOf(index)} is damaged: ${problem}`,
      details: { backup: idOf(index), problems: [problem] },
    })
  })

  it('refuses settings that were changed, though their file has the same size', async () => {
    const changed = readFileSync(pathsOf(2).server, 'utf8').replace('1024', '4096')
    writeFileSync(pathsOf(2).server, changed)
    const { code, message } = await failureOf(byReference('latest'))
    expect(code).toBe('INTEGRITY')
    expect(message).toContain(`${idOf(2)} is damaged: server.json has sha256`)
  })

  it('needs no pagemap: that is for making increments', async () => {
    for (const { paths } of repository.backups) rmSync(paths.pagemap)
    expect((await byReference('latest')).lineage).toHaveLength(3)
  })
})
