import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { planRestore } from '../../../src/restore/plan.ts'
import type { RestoreRequest } from '../../../src/restore/request.ts'
import { restore } from '../../../src/restore/restore.ts'
import { bytesOfFiles, valuesIn } from '../../fakes/greatsql-directory.ts'
import { type MadeBackup, sealGreatsql } from '../../fakes/greatsql-repository.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const FULL = 'UTC20261120T000000.000-full'
const FIRST = 'UTC20261120T010000.000-incr'
const SECOND = 'UTC20261120T020000.000-incr'
const system = { spaceId: 0, pages: [1, 2, 3] }
const untouched = { spaceId: 0, pages: [] }

const full: MadeBackup = {
  id: FULL,
  lsns: [0, 100, 120],
  redo: 'redo of the full',
  spaces: {
    ibdata1: system,
    't/a.ibd': { spaceId: 7, pages: [1, 2, 3] },
    't/b.ibd': { spaceId: 8, pages: [1, 2] },
  },
  files: { ib_buffer_pool: 'pool' },
}
/** Compressed, it comes with the pages that changed while it was taken. */
const packed: MadeBackup = {
  ...full,
  deltas: {
    ibdata1: untouched,
    't/a.ibd': { spaceId: 7, pages: [[1, 20]], parts: { 2: [[2, 30]] } },
    't/b.ibd': { spaceId: 8, pages: [] },
  },
}
const first: MadeBackup = {
  id: FIRST,
  base: FULL,
  lsns: [100, 200, 220],
  redo: 'redo of the first',
  deltas: {
    ibdata1: { spaceId: 0, pages: [[1, 9]] },
    't/a.ibd': { spaceId: 7, pages: [[2, 33]] },
    't/new.ibd': {
      spaceId: 9,
      pages: [
        [0, 4],
        [7, 5],
      ],
    },
  },
}
const second: MadeBackup = {
  id: SECOND,
  base: FIRST,
  lsns: [200, 300, 320],
  redo: 'redo of the second',
  deltas: {
    ibdata1: untouched,
    't/renamed.ibd': { spaceId: 7, pages: [[0, 6]] },
    't/new.ibd': { spaceId: 9, pages: [] },
  },
}

const findTool = async (name: string): Promise<string> => {
  throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
}
const contextOf = () => restoreContext(scratch('repo'), { findTool })

const request = (changes: Partial<RestoreRequest> = {}): RestoreRequest => ({
  target: { kind: 'backup', reference: 'latest' },
  targetDir: scratch('target'),
  binlogs: undefined,
  replay: 'applier',
  skipGtids: undefined,
  apply: 'native',
  start: false,
  parallel: 2,
  mysqlUser: undefined,
  ...changes,
})

const values = (path: string) => valuesIn(scratch('target', path))
const bytesOfRepository = () => bytesOfFiles(scratch('repo'))

describe('restoring what GreatSQL made, without a server', () => {
  it.each(['none', 'zstd', 'lz4'] as const)('brings a chain back (%s)', async (codec) => {
    const how = codec === 'none' ? {} : { codec }
    const base = codec === 'none' ? full : packed
    await sealGreatsql(
      scratch('repo'),
      { ...base, ...how },
      { ...first, ...how },
      { ...second, ...how },
    )
    const untouchedRepository = bytesOfRepository()
    const context = contextOf()
    const outcome = await restore(context, request())
    expect(outcome.plan).toMatchObject({ chain: [FULL, FIRST, SECOND], appliedBy: 'native' })
    expect(values('ibdata1')).toEqual([1, 9, 3])
    expect(values('t/renamed.ibd')).toEqual([6, codec === 'none' ? 2 : 20, 33])
    expect(values('t/new.ibd')).toEqual([4, 0, 0, 0, 0, 0, 0, 5])
    expect(Object.keys(bytesOfFiles(scratch('target')))).toEqual([
      '#clone/#clone_checkpoints',
      '#clone/#view_status',
      '#clone/clonectl-applied.json',
      '#innodb_redo/#ib_redo0',
      'ib_buffer_pool',
      'ibdata1',
      't/new.ibd',
      't/renamed.ibd',
    ])
    expect(readdirSync(scratch('target', 'mysql'))).toEqual([])
    expect(readFileSync(scratch('target', '#innodb_redo/#ib_redo0'), 'utf8')).toBe(
      'redo of the second',
    )
    expect(statSync(scratch('target', 'ibdata1')).mode & 0o777).toBe(0o640)
    expect(outcome).toMatchObject({ files: 8 })
    expect(bytesOfRepository()).toEqual(untouchedRepository)
    expect(readdirSync(scratch()).sort()).toEqual(['repo', 'target'])
    const steps = context.reporter.lines.filter((line) => line.startsWith('step:'))
    expect(steps).toEqual([
      'step: stage',
      ...(codec === 'none' ? [] : ['step: prepare']),
      'step: apply 1',
      'step: apply 2',
      'step: publish',
    ])
  })

  it('prepares a compressed full that is restored alone', async () => {
    await sealGreatsql(scratch('repo'), { ...packed, codec: 'zstd' })
    await restore(contextOf(), request())
    expect(values('t/a.ibd')).toEqual([1, 20, 30])
    expect(readFileSync(scratch('target', '#innodb_redo/#ib_redo0'), 'utf8')).toBe(
      'redo of the full',
    )
  })

  it('needs nobody to apply anything for a plain full', async () => {
    await sealGreatsql(scratch('repo'), full)
    const outcome = await restore(contextOf(), request({ apply: undefined }))
    expect(outcome.plan.appliedBy).toBeUndefined()
    expect(values('t/a.ibd')).toEqual([1, 2, 3])
    expect(existsSync(scratch('target', '#clone/clonectl-applied.json'))).toBe(false)
  })

  it('tells what it would do, and what that takes', async () => {
    await sealGreatsql(scratch('repo'), { ...packed, codec: 'zstd' }, first, second)
    const plan = await planRestore(contextOf(), request())
    expect(plan.refusals).toEqual([])
    expect(plan.steps).toEqual([
      { step: 'decompress', what: `decompress 14 files of ${FULL}`, bytes: expect.any(Number) },
      {
        step: 'prepare',
        what: `apply what changed while ${FULL} was taken, by clonectl itself`,
        bytes: 2 * 4096,
      },
      { step: 'stage', what: `copy 9 files of ${FIRST}`, bytes: expect.any(Number) },
      { step: 'apply 1', what: `apply ${FIRST} by clonectl itself`, bytes: 4 * 4096 },
      { step: 'stage', what: `copy 9 files of ${SECOND}`, bytes: expect.any(Number) },
      { step: 'apply 2', what: `apply ${SECOND} by clonectl itself`, bytes: 4096 },
      { step: 'prove', what: 'compare every page with what was applied', bytes: 7 * 4096 },
      { step: 'publish', what: `rename to ${scratch('target')}`, bytes: 0 },
    ])
    const [, , firstBytes] = plan.steps.map(({ bytes }) => bytes)
    expect(plan.diskNeeded).toBe(50_000 + (firstBytes ?? 0) + 4 * 4096)
    expect(readdirSync(scratch())).toEqual(['repo'])
  })

  it('wants a mysqld unless told otherwise, and says how to do without', async () => {
    await sealGreatsql(scratch('repo'), full, first)
    const { refusals } = await planRestore(contextOf(), request({ apply: undefined }))
    expect(refusals).toEqual([
      {
        code: 'TOOL_MISSING',
        message: 'mysqld was not found',
        hint: 'name an installation of GreatSQL with --basedir, or apply without it: --apply native',
      },
    ])
  })

  it('refuses a path that the server would hand to a shell', async () => {
    await sealGreatsql(scratch('repo'), full, first)
    const targetDir = scratch('a b;c')
    const { refusals } = await planRestore(contextOf(), request({ apply: 'mysqld', targetDir }))
    expect(refusals[0]).toMatchObject({ code: 'PATH_FORBIDDEN' })
    expect((await planRestore(contextOf(), request({ targetDir }))).refusals).toEqual([])
  })

  it('P-02: names a stored file that is damaged, and leaves nothing', async () => {
    const layout = await sealGreatsql(scratch('repo'), full, first)
    const file = `${layout.backup(FIRST).data}/t/a.ibd.delta`
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000)
    writeFileSync(file, bytes)
    const error = await failureOf(restore(contextOf(), request()))
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toMatch(
      new RegExp(
        `^the backup is damaged: data/t/a.ibd.delta of ${FIRST} has sha256 .*, expected .*$`,
      ),
    )
    expect(readdirSync(scratch())).toEqual(['repo'])
  })
})
