import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { startLsnOf } from '../../../src/clone/server-base.ts'
import { ClonectlError } from '../../../src/errors.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { backupOf, type Manifest } from '../../../src/repository/manifest.ts'
import { readManifest, writeManifest } from '../../../src/repository/manifest-file.ts'
import {
  mergeChain,
  type MergeOutcome,
  type MergeRequest,
} from '../../../src/restore/merge-chain.ts'
import { restore } from '../../../src/restore/restore.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { bytesOfFiles, valuesIn } from '../../fakes/greatsql-directory.ts'
import { type MadeBackup, sealGreatsql } from '../../fakes/greatsql-repository.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { verifyAll } from '../../fakes/verify-request.ts'
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
const THIRD = 'UTC20261120T030000.000-incr'
const MERGED = 'UTC20261120T020000.000-full'
const NOTE = '#clone/clonectl-applied.json'
const untouched = { spaceId: 0, pages: [] }

const full: MadeBackup = {
  id: FULL,
  lsns: [0, 100, 120],
  redo: 'redo of the full',
  spaces: {
    ibdata1: { spaceId: 0, pages: [1, 2, 3] },
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
    't/a.ibd': { spaceId: 7, pages: [[1, 20]] },
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
const third: MadeBackup = {
  id: THIRD,
  base: SECOND,
  lsns: [300, 400, 420],
  redo: 'redo of the third',
  deltas: {
    ibdata1: { spaceId: 0, pages: [[2, 8]] },
    't/renamed.ibd': { spaceId: 7, pages: [[1, 7]] },
    't/new.ibd': { spaceId: 9, pages: [] },
  },
}

const findTool = async (name: string): Promise<string> => {
  throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
}

const contextOf = () => ({
  ...restoreContext(scratch('repo'), {
    findTool,
    clock: systemClock,
    command: 'clonectl chain merge',
  }),
  clonectlVersion: '0.1.0',
})

const merge = (compression?: MergeRequest['compression']): Promise<MergeOutcome> =>
  mergeChain(contextOf(), { reference: SECOND, label: undefined, compression, parallel: 2 })

const bringBack = async (reference: string, into: string) => {
  await restore(contextOf(), {
    target: { kind: 'backup', reference },
    targetDir: scratch(into),
    ...{ binlogs: undefined, start: false, parallel: 2, mysqlUser: undefined },
    replay: 'applier',
    skipGtids: undefined,
    apply: 'native',
  })
  return bytesOfFiles(scratch(into))
}

const dropOldChain = (layout: RepositoryLayout) => {
  for (const id of [FULL, FIRST, SECOND]) rmSync(layout.backup(id).directory, { recursive: true })
}

describe('a chain that GreatSQL made', () => {
  it.each([
    ['plain', 'plain', full, {}, undefined],
    ['compressed', 'plain', packed, { codec: 'lz4' }, undefined],
    ['compressed', 'as its tip was', packed, { codec: 'zstd' }, 'as-tip'],
  ] as const)('is merged, %s, into a full that is %s', async (_, _kind, base, how, compression) => {
    const made = [base, first, second, third].map((backup) => ({ ...backup, ...how }))
    const layout = await sealGreatsql(scratch('repo'), ...made)
    const sources = bytesOfFiles(scratch('repo'))
    const ofChain = await bringBack(SECOND, 'of-chain')
    const later = await bringBack(THIRD, 'later')
    const { manifest } = await merge(compression)
    expect(bytesOfFiles(scratch('repo'))).toMatchObject(sources)
    expect(manifest).toMatchObject({
      ...{ id: MERGED, engine: 'greatsql', startLsn: '0', pageTrackLsn: '300', endLsn: '320' },
      ...{ compression: compression === undefined ? 'none' : 'zstd', deltas: [], history: null },
      mergedFrom: { tip: SECOND, chain: [FULL, FIRST, SECOND] },
    })
    expect(manifest.result?.files.map(({ path }) => path)).toEqual(Object.keys(ofChain))
    expect((await verifyAll(layout)).problems).toEqual([])

    dropOldChain(layout)
    expect(await bringBack(MERGED, 'of-merged')).toEqual(ofChain)
    expect(valuesIn(scratch('of-merged', 't/renamed.ibd'))).toEqual([
      6,
      'codec' in how ? 20 : 2,
      33,
    ])
    expect(await bringBack(THIRD, 'later-of-merged')).toEqual(later)
    expect(JSON.parse(readFileSync(scratch('later-of-merged', NOTE), 'utf8'))).toMatchObject({
      backups: [{ endLsn: '120' }, { endLsn: '220' }, { endLsn: '320' }, { endLsn: '420' }],
    })
  })

  it('is merged twice', async () => {
    const layout = await sealGreatsql(scratch('repo'), full, first, second, third)
    const later = await bringBack(THIRD, 'later')
    await merge()
    const { manifest } = await mergeChain(contextOf(), {
      ...{ reference: THIRD, label: undefined, compression: undefined, parallel: 2 },
    })
    expect(manifest.mergedFrom?.chain).toEqual([MERGED, THIRD])
    dropOldChain(layout)
    expect(await bringBack(manifest.id, 'of-merged')).toEqual(later)
    expect((await verifyAll(layout)).problems).toEqual([])
  })
})

describe('the next increment on a merged full', () => {
  /** Replaces the note and seals it, as only a fault of clonectl's own could. */
  const reseal = async (layout: RepositoryLayout, change: (text: string) => string) => {
    const paths = layout.backup(MERGED)
    const path = join(paths.data, NOTE)
    const text = change(readFileSync(path, 'utf8'))
    writeFileSync(path, text)
    const { checksum: _, ...manifest } = JSON.parse(readFileSync(paths.manifest, 'utf8'))
    const { files } = manifest as Manifest
    const digest = { sizeBytes: text.length, sha256: hash('sha256', text) }
    await writeManifest(paths, {
      ...(manifest as Manifest),
      files: files.map((file) => (file.path === `data/${NOTE}` ? { ...file, ...digest } : file)),
    })
  }

  const startOn = async (layout: RepositoryLayout) => {
    const paths = layout.backup(MERGED)
    return startLsnOf(paths, backupOf((await readManifest(paths))!))
  }

  it('starts where the server noted that its tip can be followed', async () => {
    const layout = await sealGreatsql(scratch('repo'), full, first, second)
    await merge()
    expect(await startOn(layout)).toBe(300n)
  })

  it.each([
    ['another LSN', (text: string) => text.replace('"300"', '"299"')],
    ['no end of the applying', (text: string) => text.replace('"applied"', '"applying"')],
    ['nothing', () => '{"format":1,"state":"applied","backups":[]}'],
  ])('is not made when the note says %s, and verification finds that', async (_, change) => {
    const layout = await sealGreatsql(scratch('repo'), full, first, second)
    await merge()
    await reseal(layout, change)
    expect((await failureOf(startOn(layout))).code).toBe('INTEGRITY')
    const { problems } = await verifyAll(layout)
    expect(problems).toMatchObject([{ backup: MERGED, file: `data/${NOTE}`, code: 'CHECKPOINTS' }])
  })
})
