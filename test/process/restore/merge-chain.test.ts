import fc from 'fast-check'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { buildChains } from '../../../src/chain/chains.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { readManifest } from '../../../src/repository/manifest-file.ts'
import { openRunJournal, readRunJournal } from '../../../src/repository/run-journal.ts'
import { openOrMakeRepository } from '../../../src/repository/repository.ts'
import {
  mergeChain,
  type MergeContext,
  type MergeRequest,
} from '../../../src/restore/merge-chain.ts'
import type { SealedBackup } from '../../../src/restore/layers.ts'
import { restore } from '../../../src/restore/restore.ts'
import { acquireLock } from '../../../src/system/lock-file.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { takeNext, takeSeries } from '../../fakes/backup-series.ts'
import { bytesOf, type DataDirectory, histories } from '../../fakes/data-directory-history.ts'
import { bytesOfFiles } from '../../fakes/greatsql-directory.ts'
import { type FakeRestoreContext, restoreContext } from '../../fakes/restore-context.ts'
import { sealTaken } from '../../fakes/sealed-repository.ts'
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
const MERGED = 'UTC20261120T020000.000-full'
const codecs = ['zstd', undefined, 'lz4'] as const

/** The file by which a restore knows whose the data is, in every state. */
const marked = (state: DataDirectory): DataDirectory =>
  new Map([['#clone/#view_status', { spaceId: 0, pageBytes: 1024, pages: [], tail: 4 }], ...state])

const state = (value: number): DataDirectory =>
  marked(
    new Map([
      ['ibdata1', { spaceId: 0, pageBytes: 1024, pages: [1, value, 3], tail: 0 }],
      ['t/a.ibd', { spaceId: 7, pageBytes: 1024, pages: [1, 2, value], tail: 0 }],
      ['ib_buffer_pool', { spaceId: 0, pageBytes: 1024, pages: [value], tail: 0 }],
    ]),
  )

const findTool = async (name: string): Promise<string> => {
  throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
}

type FakeMergeContext = FakeRestoreContext & MergeContext

const contextOf = (
  layout: RepositoryLayout,
  changes: Partial<MergeContext> = {},
): FakeMergeContext => ({
  ...restoreContext(layout.root, {
    clock: systemClock,
    command: 'clonectl chain merge',
    findTool,
    ...changes,
  }),
  clonectlVersion: '0.1.0',
})

const wish = (changes: Partial<MergeRequest> = {}): MergeRequest => ({
  reference: 'latest',
  label: undefined,
  compression: undefined,
  parallel: 2,
  ...changes,
})

const repositoryOf = async (
  path: string,
  states: readonly DataDirectory[],
  series: readonly ('zstd' | 'lz4' | undefined)[] = codecs,
): Promise<{ readonly layout: RepositoryLayout; readonly backups: readonly SealedBackup[] }> => {
  const { layout } = await openOrMakeRepository(path, systemClock)
  const backups: SealedBackup[] = []
  for (const taken of await takeSeries(layout.root, states, series))
    backups.push(await sealTaken(taken))
  return { layout, backups }
}

const restoreTo = async (layout: RepositoryLayout, reference: string, targetDir: string) =>
  restore(restoreContext(layout.root, { findTool }), {
    target: { kind: 'backup', reference },
    targetDir,
    binlogs: undefined,
    replay: 'applier',
    skipGtids: undefined,
    apply: undefined,
    start: false,
    parallel: 2,
    mysqlUser: undefined,
  })

const filesOf = (state: DataDirectory) =>
  Object.fromEntries(
    [...state]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, file]) => [path, bytesOf(file).toString('hex')]),
  )

const membersOf = async (layout: RepositoryLayout) => {
  const { chains, orphans } = buildChains((await readCatalog(layout)).backups)
  expect(orphans).toEqual([])
  return chains.map(({ members }) =>
    members.map(({ backup, base, alsoOn }) => ({ id: backup.id, base, alsoOn })),
  )
}

describe('a merged full of any history', () => {
  it('restores as the chain does, and carries what was and will be made on its tip', async () => {
    let run = 0
    const cases = fc.record({
      history: histories,
      at: fc.nat(),
      from: fc.constantFrom([undefined], codecs),
      compression: fc.constantFrom(undefined, 'as-tip' as const, { codec: 'lz4' } as const),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ history, at, from, compression }) => {
        const directory = scratch(`run-${run++}`)
        const states = history.map(marked)
        const { layout, backups } = await repositoryOf(join(directory, 'repo'), states, from)
        const index = 1 + (at % (states.length - 1))
        const tip = backups[index]!
        await restoreTo(layout, tip.manifest.id, join(directory, 'of-chain'))
        const sources = backups.map(({ paths }) => bytesOfFiles(paths.directory))

        const { manifest, directory: full } = await mergeChain(
          contextOf(layout),
          wish({ reference: tip.manifest.id, compression }),
        )
        expect(backups.map(({ paths }) => bytesOfFiles(paths.directory))).toEqual(sources)
        expect(manifest.result).toEqual(tip.manifest.result)
        expect(readdirSync(full).sort()).toEqual([
          'data',
          'manifest.json',
          'pagemap',
          'run.json',
          'server.json',
        ])
        await restoreTo(layout, manifest.id, join(directory, 'of-merged'))
        const restored = bytesOfFiles(join(directory, 'of-merged'))
        expect(restored).toEqual(bytesOfFiles(join(directory, 'of-chain')))
        expect(restored).toEqual(filesOf(states[index]!))
        expect(readdirSync(join(directory, 'of-merged', 'mysql'))).toEqual([])

        for (const { paths } of backups.slice(0, index + 1))
          rmSync(paths.directory, { recursive: true })
        const after = marked(history[0]!)
        const base = { manifest, paths: layout.backup(manifest.id) }
        await sealTaken(await takeNext(layout.root, after, { base, index: 8, codec: from[0] }))
        for (const [
          later,
          {
            manifest: { id },
          },
        ] of backups.entries()) {
          if (later <= index) continue
          await restoreTo(layout, id, join(directory, id))
          expect(bytesOfFiles(join(directory, id))).toEqual(filesOf(states[later]!))
        }
        await restoreTo(layout, 'latest', join(directory, 'after'))
        expect(bytesOfFiles(join(directory, 'after'))).toEqual(filesOf(after))
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 12, interruptAfterTimeLimit: 10_000 },
    )
  })
})

describe('mergeChain', () => {
  it('seals a full with the times, LSNs and page hashes of the tip, and says what it was made of', async () => {
    const { layout, backups } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    const context = contextOf(layout)
    const outcome = await mergeChain(context, wish({ label: 'for good' }))
    const tip = backups[2]!
    const chain = [FULL, FIRST, SECOND]
    expect(outcome).toMatchObject({
      chain,
      cleaned: [],
      directory: layout.backup(MERGED).directory,
    })
    const { files, ...manifest } = (await readManifest(layout.backup(MERGED)))!
    const { donor, pageTrackLsn, endLsn, beginTime, endTime, before, after, result } = tip.manifest
    expect(manifest).toMatchObject({
      ...{ id: MERGED, type: 'full', base: null, label: 'for good', startLsn: '0', deltas: [] },
      ...{ donor, pageTrackLsn, endLsn, beginTime, endTime, before, after, result },
      ...{ compression: 'none', history: null, emptyDirectories: ['data/mysql'] },
      decision: {
        asked: 'full',
        code: 'MERGED',
        reason: `merged from 3 backups, ${FULL} to ${SECOND}`,
      },
      mergedFrom: { tip: SECOND, chain },
    })
    expect(files.map(({ path }) => path)).toEqual([
      'server.json',
      'pagemap',
      ...result!.files.map(({ path }) => `data/${path}`),
    ])
    expect(readFileSync(layout.backup(MERGED).pagemap)).toEqual(readFileSync(tip.paths.pagemap))
    const journal = await readRunJournal(layout.backup(MERGED).journal)
    expect(journal?.steps.map(({ step }) => step)).toEqual(['merge', 'stage', 'seal'])
    expect(context.reporter.stages).toMatchObject([{ label: 'stage', ended: true }])
    expect(existsSync(layout.lock)).toBe(false)
  })

  it('keeps the codec of the tip when it is asked to', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    const { manifest } = await mergeChain(contextOf(layout), wish({ compression: 'as-tip' }))
    expect(manifest.compression).toBe('lz4')
    const data = manifest.files.filter(({ path }) => path.startsWith('data/'))
    expect(data.map(({ path, content }) => `${path} ${content?.sizeBytes ?? ''}`).sort()).toEqual([
      'data/#clone/#view_status ',
      'data/ib_buffer_pool.lz4 1024',
      'data/ibdata1.lz4 3072',
      'data/t/a.ibd.lz4 3072',
    ])
  })

  it('takes the place of its tip under what was made on it, and is the latest of the two', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3, 4].map(state))
    const third = 'UTC20261120T030000.000-incr'
    await mergeChain(contextOf(layout), wish({ reference: SECOND }))
    expect(await membersOf(layout)).toEqual([
      [
        { id: FULL, base: undefined, alsoOn: [] },
        { id: FIRST, base: FULL, alsoOn: [] },
        { id: SECOND, base: FIRST, alsoOn: [] },
      ],
      [
        { id: MERGED, base: undefined, alsoOn: [] },
        { id: third, base: MERGED, alsoOn: [SECOND] },
      ],
    ])
    rmSync(layout.backup(third).directory, { recursive: true })
    const { plan } = await restoreTo(layout, 'latest', scratch('restored'))
    expect(plan).toMatchObject({ chain: [MERGED], warnings: [] })
  })

  it('says nothing of its tip when that cannot be restored any more', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    await mergeChain(contextOf(layout), wish())
    rmSync(layout.backup(FULL).directory, { recursive: true })
    const { plan } = await restoreTo(layout, 'latest', scratch('restored'))
    expect(plan).toMatchObject({ chain: [MERGED], warnings: [] })
  })

  it('merges a chain that begins with a merged full', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    await mergeChain(contextOf(layout), wish({ reference: FIRST }))
    const { chain } = await mergeChain(contextOf(layout), wish({ reference: SECOND }))
    expect(chain).toEqual(['UTC20261120T010000.000-full', SECOND])
    await restoreTo(layout, MERGED, scratch('restored'))
    expect(bytesOfFiles(scratch('restored'))).toEqual(filesOf(state(3)))
  })
})

describe('a merge is refused, and leaves nothing,', () => {
  const refused = async (
    layout: RepositoryLayout,
    request: Partial<MergeRequest> = {},
    changes: Partial<MergeContext> = {},
  ) => {
    const before = readdirSync(layout.root).filter((name) => name !== 'trash')
    const error = await failureOf(mergeChain(contextOf(layout, changes), wish(request)))
    expect(readdirSync(layout.root).filter((name) => name !== 'trash')).toEqual(before)
    return error
  }

  it('when there is nothing to merge, or it was merged before', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2].map(state))
    expect(await refused(layout, { reference: FULL })).toMatchObject({
      code: 'USAGE',
      message: `${FULL} is a full: there is nothing to merge`,
    })
    await mergeChain(contextOf(layout), wish())
    expect(await refused(layout)).toMatchObject({ code: 'USAGE' })
    expect(await refused(layout, { reference: FIRST })).toMatchObject({
      code: 'PATH_NOT_EMPTY',
      message: 'there is a backup UTC20261120T010000.000-full already',
    })
  })

  it('when somebody else holds the repository', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2].map(state))
    await using held = await acquireLock(layout.lock, { command: 'clonectl incr', now: new Date() })
    expect(await refused(layout)).toMatchObject({ code: 'LOCKED' })
    await held.release()
  })

  it.each<[string, string]>([
    ['a page in a delta', `${SECOND}/data/t/a.ibd.delta`],
    ['a file of the full', `${FULL}/data/ibdata1`],
    ['the page hashes of the tip', `${SECOND}/pagemap`],
    ['the settings of the tip', `${SECOND}/server.json`],
  ])('when %s is damaged, and names it', async (_, path) => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state), [undefined])
    const file = join(layout.root, path)
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(file, bytes)
    const error = await refused(layout)
    const [backup = '', ...name] = path.split('/')
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(backup)
    expect(error.message).toContain(name.join('/'))
  })

  it('when the disk is too small', async () => {
    const { layout, backups } = await repositoryOf(scratch('repo'), [1, 2].map(state))
    const { paths, manifest } = backups[1]!
    rmSync(paths.manifest)
    await sealTaken({
      paths,
      manifest: { ...manifest, restoredBytes: 2 ** 52, files: manifest.files.slice(2) },
    })
    expect(await refused(layout)).toMatchObject({ code: 'SPACE' })
  })

  it('when the user cancels, before and in the middle', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2].map(state))
    const controller = new AbortController()
    const reason = new ClonectlError('CANCELLED', 'cancelled by SIGINT')
    const step = vi.fn(() => controller.abort(reason))
    const context = contextOf(layout, { signal: controller.signal })
    const error = await failureOf(
      mergeChain({ ...context, reporter: { ...context.reporter, step } }, wish()),
    )
    expect(error).toBe(reason)
    expect(step).toHaveBeenCalledOnce()
    expect(readdirSync(layout.root).sort()).toEqual(
      [FULL, FIRST, 'repository.json', 'trash'].sort(),
    )
    expect(readdirSync(join(layout.trash, 'UTC20261120T010000.000-full'))).toEqual([
      'run.json',
      'server.json',
    ])
  })
})

describe('what a dead merge left', () => {
  const leave = async (layout: RepositoryLayout, step: string, ...names: string[]) => {
    const paths = layout.backup(MERGED)
    mkdirSync(paths.data, { recursive: true })
    const owner = { pid: 2 ** 22 + 1, startTime: '1', host: 'db1' }
    const journal = openRunJournal(paths.journal, 'clonectl chain merge', owner, systemClock)
    await journal.begin(step)
    for (const name of names) writeFileSync(join(paths.directory, name), 'half')
  }

  it('is put away by the next merge', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    await leave(layout, 'merge', 'pagemap', 'data/ibdata1')
    const context = contextOf(layout)
    const { cleaned } = await mergeChain(context, wish())
    expect(cleaned).toEqual([join(layout.trash, MERGED)])
    expect(context.reporter.lines[0]).toMatch(
      new RegExp(`^warn: moved ${MERGED} to the trash: a run \\(clonectl chain merge, pid`),
    )
    expect(existsSync(layout.backup(MERGED).manifest)).toBe(true)
  })

  it('is put away when it died before its first step', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    mkdirSync(layout.backup(MERGED).directory)
    expect((await mergeChain(contextOf(layout), wish())).cleaned).toHaveLength(1)
  })

  it('is not mixed up with what a dead backup left, whose server has to be asked', async () => {
    const { layout } = await repositoryOf(scratch('repo'), [1, 2, 3].map(state))
    await leave(layout, 'begin')
    const error = await failureOf(mergeChain(contextOf(layout), wish()))
    expect(error.code).toBe('PATH_NOT_EMPTY')
    expect(existsSync(layout.backup(MERGED).journal)).toBe(true)
  })
})
