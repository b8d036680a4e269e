// GreatSQL's mysqld, as the emulator's basedir has it, and clonectl itself apply the same increments.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { ApplierName } from '../../../src/restore/applier.ts'
import { restore } from '../../../src/restore/restore.ts'
import { isAlive, type ProcessIdentity } from '../../../src/system/process-identity.ts'
import { findTool } from '../../../src/system/find-tool.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { bytesOfFiles, type MadePage } from '../../fakes/greatsql-directory.ts'
import { type MadeBackup, sealGreatsql } from '../../fakes/greatsql-repository.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { type EmulatedBasedir, makeBasedir } from '../../greatsql-emulator/basedir/make-basedir.ts'
import { failureOf } from '../../process/system/failure-of.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const FULL = 'UTC20261120T000000.000-full'
const FIRST = 'UTC20261120T010000.000-incr'
const SECOND = 'UTC20261120T020000.000-incr'
const UNDO = 4294967279
const undo = { spaceId: UNDO, pages: [] }
const many = (pages: number, value: number): readonly MadePage[] =>
  Array.from({ length: pages }, (_, page) => [page, value + page] as const)

const full: MadeBackup = {
  id: FULL,
  lsns: [0, 100, 120],
  redo: 'redo of the full',
  spaces: {
    ibdata1: { spaceId: 0, pages: [1, 2, 3, 4], sizePages: 4 },
    undo_001: { spaceId: UNDO, pages: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    'ts.ibd': { spaceId: 5, pages: [1, 2] },
    't/a.ibd': { spaceId: 7, pages: [1, 2, 3] },
    't/b.ibd': { spaceId: 8, pages: [1, 2] },
    't/dropped.ibd': { spaceId: 10, pages: [1, 2] },
    't/swap1.ibd': { spaceId: 11, pages: [1, 111, 112, 113, 114, 115, 116] },
    't/swap2.ibd': { spaceId: 12, pages: [1, 121, 122] },
    't/again.ibd': { spaceId: 13, pages: [1, 131] },
  },
  files: { ib_buffer_pool: 'pool' },
}

/** What changed while a compressed full was taken. */
const ownDeltas: NonNullable<MadeBackup['deltas']> = {
  ibdata1: { spaceId: 0, pages: [[2, 30]] },
  undo_001: undo,
  'ts.ibd': { spaceId: 5, pages: [] },
  't/a.ibd': { spaceId: 7, pages: [[1, 20]], parts: { 2: [[2, 30]], 1: [] } },
  't/b.ibd': { spaceId: 8, pages: [] },
  't/swap1.ibd': { spaceId: 11, pages: [] },
  't/swap2.ibd': { spaceId: 12, pages: [] },
  't/again.ibd': { spaceId: 13, pages: [] },
}

const first: MadeBackup = {
  id: FIRST,
  base: FULL,
  lsns: [100, 200, 220],
  redo: 'redo of the first',
  deltas: {
    ibdata1: { spaceId: 0, pages: [[0, 9]], sizePages: 8 },
    undo_001: { spaceId: UNDO - 127, pages: [[0, 5]], sizePages: 10 },
    'ts.ibd': { spaceId: 5, pages: [[1, 50]] },
    't/a.ibd': { spaceId: 7, pages: [[2, 33]], parts: { 3: [[5, 34]] } },
    't/renamed.ibd': { spaceId: 8, pages: [[1, 81]] },
    't/swap1.ibd': { spaceId: 12, pages: [] },
    't/swap2.ibd': { spaceId: 11, pages: [[1, 119]] },
    't/again.ibd': { spaceId: 14, pages: [[0, 1]] },
    'other/new.ibd': { spaceId: 15, pages: many(1500, 1) },
    'other/raw.ibd': { spaceId: 16, pages: [], raw: true },
    'other/empty.ibd': { spaceId: 17, pages: [] },
  },
}

const second: MadeBackup = {
  id: SECOND,
  base: FIRST,
  lsns: [200, 300, 320],
  redo: 'redo of the second',
  deltas: {
    ...Object.fromEntries(
      Object.entries(first.deltas ?? {}).map(([path, { spaceId }]) => [
        path,
        { spaceId, pages: [] },
      ]),
    ),
    'other/raw.ibd': {
      spaceId: 16,
      pages: [
        [0, 1],
        [8, 2],
      ],
    },
  },
}

const packed = (codec: 'zstd' | 'lz4'): readonly MadeBackup[] => [
  { ...full, codec, deltas: ownDeltas },
  { ...first, codec },
  { ...second, codec },
]

describeServer('restoring what GreatSQL made', () => {
  let basedir: EmulatedBasedir
  let scratch = ''
  const path = (...parts: readonly string[]): string => join(scratch, ...parts)

  beforeAll(async () => {
    basedir = await makeBasedir({ dir: await mkdtemp(join(tmpdir(), 'clonectl-basedir-')) })
    return () => rmSync(basedir.path, { recursive: true })
  })
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'clonectl-ways-'))
  })
  afterEach(() => {
    rmSync(scratch, { recursive: true })
    rmSync(basedir.faultFile, { force: true })
  })

  const restoreBy = (apply: ApplierName, signal = new AbortController().signal) =>
    restore(
      restoreContext(path('repo'), {
        signal,
        findTool: (name) => findTool(name, { basedir: basedir.path }),
      }),
      {
        target: { kind: 'backup', reference: 'latest' },
        targetDir: path(apply),
        binlogs: undefined,
        replay: 'applier',
        skipGtids: undefined,
        apply,
        start: false,
        parallel: 2,
        mysqlUser: undefined,
      },
    )

  it.each([
    ['plain', [full, first, second]],
    ['zstd', packed('zstd')],
    ['lz4', packed('lz4')],
    ['mixed', [{ ...full, codec: 'zstd', deltas: ownDeltas } as const, first, second]],
  ] as const)('comes to the same bytes both ways (%s)', async (_, backups) => {
    await sealGreatsql(path('repo'), ...backups)
    const repository = bytesOfFiles(path('repo'))
    await restoreBy('mysqld')
    await restoreBy('native')
    const [byServer, byItself] = [bytesOfFiles(path('mysqld')), bytesOfFiles(path('native'))]
    expect(Object.keys(byServer)).toEqual(Object.keys(byItself))
    expect(byServer).toEqual(byItself)
    expect(bytesOfFiles(path('repo'))).toEqual(repository)
    expect(readdirSync(scratch).sort()).toEqual(['mysqld', 'native', 'repo'])
  })

  it.each([
    ['exit-zero-at-once', 'INTEGRITY', /its log does not say that it began to apply/],
    ['exit-one', 'PROCESS', /mysqld could not apply the increment: exit code 1/],
    ['kill-in-the-middle', 'PROCESS', /mysqld could not apply the increment: signal SIGKILL/],
    [
      'skip-delta t/a.ibd.delta',
      'INTEGRITY',
      /pages 2, 5 of t\/a\.ibd are not those of the increment/,
    ],
    [
      'wrong-page t/a.ibd.delta',
      'INTEGRITY',
      /pages 5 of t\/a\.ibd are not those of the increment/,
    ],
  ])('finds out when mysqld fails (%s)', async (fault, code, message) => {
    await sealGreatsql(path('repo'), full, first)
    const repository = bytesOfFiles(path('repo'))
    writeFileSync(basedir.faultFile, `${fault}\n`)
    const error = await failureOf(restoreBy('mysqld'))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(bytesOfFiles(path('repo'))).toEqual(repository)
    expect(readdirSync(scratch).sort()).toEqual(['mysqld.clonectl-stage.log', 'repo'])
    expect(readFileSync(path('mysqld.clonectl-stage.log'), 'utf8')).toContain('MY-010116')
  })

  it('ends a mysqld that does not end, and leaves nothing when it is cancelled', async () => {
    await sealGreatsql(path('repo'), full, first)
    writeFileSync(basedir.faultFile, 'keep-running\n')
    const cancel = new AbortController()
    const running = failureOf(restoreBy('mysqld', cancel.signal))
    setTimeout(() => cancel.abort(), 1500)
    expect(await running).toMatchObject({ code: 'CANCELLED' })
    expect(readdirSync(scratch)).toEqual(['repo'])
  }, 30_000)

  it('ends the mysqld of a restore that was killed, and begins again', async () => {
    await sealGreatsql(path('repo'), full, first)
    writeFileSync(basedir.faultFile, 'keep-running\n')
    const program = join(import.meta.dirname, '../../../bin/clonectl.js')
    const options = ['--no-defaults', '--repo', path('repo'), '--basedir', basedir.path]
    const args = ['restore', '--target-dir', path('mysqld'), '--apply', 'mysqld', ...options]
    const killed = spawn(process.execPath, [program, ...args], { stdio: 'ignore' })
    const journal = path('mysqld.clonectl-stage', 'run.json')
    const readOrphan = () => {
      const text = existsSync(journal) ? readFileSync(journal, 'utf8') : '{}'
      return (JSON.parse(text) as { mysqld?: ProcessIdentity | null }).mysqld ?? undefined
    }
    const orphan = await vi.waitFor(() => readOrphan() ?? Promise.reject(new Error('not yet')), {
      timeout: 20_000,
    })
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(isAlive(orphan)).toBe(true)
    rmSync(basedir.faultFile)
    await restoreBy('mysqld')
    expect(isAlive(orphan)).toBe(false)
    expect(readdirSync(scratch).sort()).toEqual(['mysqld', 'repo'])
  })
})
