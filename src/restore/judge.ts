// Judges a data directory after an increment was applied to it, whoever did that. mysqld ends with
// exit code 0 when it failed (arch0apply.cc), so nothing counts but what is there now: the files,
// the redo log, and every page of every delta.

import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { spaceKindOf } from '../innodb/space-id.ts'
import type { Reporter } from '../report/reporter.ts'
import { syncDirectory } from '../system/atomic-file.ts'
import { listTree } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { createWorkerPool } from '../system/worker-pool.ts'
import type { ApplyJob } from './applier.ts'
import { digestRedo, type StateBefore, type StateExpected } from './apply-state.ts'
import type { CheckedDelta } from './checked-deltas.ts'
import type { CompareJob, Comparison } from './compare-pages.ts'
import { type NeededSize, neededSizes } from './extend-tablespaces.ts'
import { REDO_DIRECTORY } from './replace-redo.ts'
import { readTablespaceFiles } from './tablespaces.ts'

export interface JudgeSetup {
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly parallel: number
}

export interface Judgement {
  readonly before: StateBefore
  readonly expected: StateExpected
  /** The deltas, where they can be read now: those of a full are gone when it is prepared. */
  readonly deltas: readonly CheckedDelta[]
}

/** What was proved. */
export interface ProvenPages {
  readonly pages: number
}

/** Throws INTEGRITY saying what is not as it should be. Makes everything durable. */
export const judge = async (
  setup: JudgeSetup,
  job: ApplyJob,
  judgement: Judgement,
): Promise<ProvenPages> => {
  requireNone(job, await listProblems(job, judgement))
  requireNone(job, [
    ...(await spaceProblems(job, judgement)),
    ...(await sizeProblems(job, judgement)),
    ...(await redoProblems(job, judgement)),
  ])
  const proven = await comparePagesOfAll(setup, job, judgement.deltas)
  await syncAll(job)
  return proven
}

const requireNone = (job: ApplyJob, problems: readonly string[]): void => {
  if (problems.length === 0) return
  const shown = problems.slice(0, 5).join('; ')
  throw new ClonectlError('INTEGRITY', `${job.step} did not bring what it should: ${shown}`, {
    hint: 'the data directory is of no use any more; begin again from a fresh copy of the full',
    details: { directory: job.directory, data: job.data, problems: problems.slice(0, 100) },
  })
}

const listProblems = async (
  { data }: ApplyJob,
  { expected }: Judgement,
): Promise<readonly string[]> => {
  const found = new Set((await listTree(data)).files.map(({ path }) => path))
  return [
    ...[...expected.paths].filter((path) => !found.has(path)).map((path) => `${path} is missing`),
    ...[...found]
      .filter((path) => !expected.paths.has(path))
      .map((path) => `${path} should not be there`),
  ]
}

/**
 * A file has the tablespace that its delta is for, and where that was there before, it is the very
 * file: mysqld can lose a table whose name another one has now, and puts an empty file in its place.
 */
const spaceProblems = async (
  { data, deltas }: ApplyJob,
  { before }: Judgement,
): Promise<readonly string[]> => {
  const tables = deltas.filter(({ meta }) => spaceKindOf(meta.spaceId) !== 'system')
  const files = await readTablespaceFiles(
    data,
    tables.map(({ tablespace }) => tablespace),
  )
  return tables.flatMap(({ tablespace, meta: { spaceId } }, index) => {
    const found = files[index]
    if (found?.spaceId !== spaceId)
      return [`${tablespace} is tablespace ${found?.spaceId ?? 'unknown'}, expected ${spaceId}`]
    const known = before.spaces.get(spaceId)
    if (known === undefined || known.inode === found.inode) return []
    return [`${tablespace} was made anew, what ${known.path} held is lost`]
  })
}

/** No file of an increment is shorter than before; only what was truncated on the donor has a new id. */
const sizeProblems = async (
  { data, deltas }: ApplyJob,
  { before }: Judgement,
): Promise<readonly string[]> => {
  const sizes = new Map((await neededSizes(data, deltas)).map((size) => [size.path, size]))
  return deltas.flatMap(({ tablespace, meta }) => {
    const size: NeededSize | undefined = sizes.get(tablespace)
    const needed = Math.max(size?.neededBytes ?? 0, before.spaces.get(meta.spaceId)?.sizeBytes ?? 0)
    const found = size?.sizeBytes ?? 0
    return found >= needed ? [] : [`${tablespace} has ${found} bytes, expected ${needed}`]
  })
}

const redoProblems = async (
  { data }: ApplyJob,
  { before }: Judgement,
): Promise<readonly string[]> => {
  const found = await digestRedo(data)
  return [...before.redo]
    .filter(([path, sha256]) => found.get(path) !== sha256)
    .map(([path]) => `${path} is not that of the backup`)
}

const comparePagesOfAll = async (
  { reporter, signal, parallel }: JudgeSetup,
  { data, step }: ApplyJob,
  deltas: readonly CheckedDelta[],
): Promise<ProvenPages> => {
  const bytesOf = ({ summary, meta }: CheckedDelta): number => summary.pages * meta.pageSize
  const largestFirst = [...deltas].sort((a, b) => bytesOf(b) - bytesOf(a))
  const total = deltas.reduce((sum, delta) => sum + bytesOf(delta), 0)
  const progress = reporter.progress(`prove ${step}`, total)
  await using pool = createWorkerPool<CompareJob, Comparison>(
    new URL('./compare-pages-worker.js', import.meta.url),
    { size: parallel },
  )
  try {
    const pages = await mapLimit(largestFirst, parallel, async (delta) => {
      const { tablespace, meta, summary, file } = delta
      const compared = await pool.run(
        {
          delta: summary.pages > 0 ? file : undefined,
          pageBytes: meta.pageSize,
          target: join(data, tablespace),
        },
        { signal },
      )
      if (compared.differing.length > 0) throw wrongPages(step, tablespace, compared)
      progress.add(bytesOf(delta))
      return compared.pages
    })
    return { pages: pages.reduce((sum, count) => sum + count, 0) }
  } finally {
    progress.end()
  }
}

const wrongPages = (step: string, tablespace: string, { differing }: Comparison): ClonectlError => {
  const some = differing.slice(0, 5).join(', ')
  return new ClonectlError(
    'INTEGRITY',
    `${step} did not bring what it should: pages ${some}${differing.length > 5 ? ', …' : ''} of ` +
      `${tablespace} are not those of the increment`,
    {
      hint: 'the data directory is of no use any more; begin again from a fresh copy of the full',
      details: { tablespace, pages: differing.slice(0, 100) },
    },
  )
}

/** The files are synced already, each when it was compared. */
const syncAll = async ({ data, deltas }: ApplyJob): Promise<void> => {
  const directories = new Set(deltas.map(({ tablespace }) => dirname(tablespace)))
  for (const directory of [...directories, '.', REDO_DIRECTORY]) {
    await syncDirectory(join(data, directory))
  }
}
