// One CLONE with a DATA DIRECTORY from its first stage to its row in the history: the story of
// GreatSQL's clone_local.cc and clone_client.cc.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StageName } from '../formats/view-progress.ts'
import { SqlError } from '../protocol/sql-error.ts'
import type { CloneEntry } from '../server/clone-status.ts'
import type { GreatSql } from '../server/greatsql.ts'
import { writeCheckpoints, writeViews } from './clone-files.ts'
import type { CloneTree } from './clone-tree.ts'
import type { Destination, Step } from './destination.ts'
import type { Donor } from './donor.ts'
import { interrupted } from './real-clone.ts'

export interface Job {
  readonly emulated: GreatSql
  readonly donor: Donor
  readonly destination: Destination
  readonly entry: CloneEntry
  /** Absolute. */
  readonly dir: string
  readonly full: boolean
  /**
   * The plugin leaves FILE COPY out of an increment's stages. It does not when LOCAL was given its
   * base by directory: then its stages are shifted by one, and FILE SYNC never starts.
   */
  readonly skipsFileCopy: boolean
  /** Over the network: bytes count there too. */
  readonly remote: boolean
  readonly signal: AbortSignal
}

const dataBytes = (tree: CloneTree): number =>
  tree.tablespaces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

/** The stages as one runner takes them: announced, slowed down, interrupted and broken on demand. */
const makeStages = (job: Job) => {
  const { emulated, entry, dir, signal, skipsFileCopy, remote } = job
  const { tuning } = emulated

  const failWhenTold = (stage: StageName): void => {
    const { fault } = tuning
    if (fault?.stage !== stage) return
    tuning.fault = undefined
    throw new SqlError(fault.errno, fault.sqlState ?? 'HY000', fault.message)
  }
  /** In the middle of a stage, when there is something to see of it. */
  const middle = async (stage: StageName): Promise<void> => {
    failWhenTold(stage)
    const delay = tuning.stageDelayMs[stage] ?? 0
    // An abort is found right below, and reported in the server's words.
    if (delay > 0) await sleep(delay, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) throw interrupted()
  }
  return {
    middle,
    announce: async (estimate: number): Promise<void> => {
      if (signal.aborted) throw interrupted()
      entry.progress.next(BigInt(estimate), skipsFileCopy)
      await writeViews(dir, entry, false)
    },
    prepare: async (stage: StageName): Promise<void> => {
      await tuning.onStage?.(stage)
    },
    /** Counts bytes, and takes the middle of the stage after the first file. */
    steps: (stage: StageName): Step => {
      let files = 0
      return async (bytes) => {
        entry.progress.add(BigInt(bytes), remote ? BigInt(bytes) : 0n)
        files += 1
        if (files === 1) await middle(stage)
        if (signal.aborted) throw interrupted()
      }
    },
  }
}

type Stages = ReturnType<typeof makeStages>

/** DROP DATA. A local clone is in it before it asks the donor, another when the donor has agreed. */
const beginStages = async (job: Job, stages: Stages): Promise<void> => {
  const { donor, destination, remote } = job
  if (!remote) await stages.announce(0)
  await stages.prepare('DROP DATA')
  await donor.begin()
  if (remote) await stages.announce(0)
  await stages.middle('DROP DATA')
  await destination.create()
}

const copyFiles = async ({ donor, destination, entry, signal }: Job, stages: Stages) => {
  await stages.prepare('FILE COPY')
  await stages.announce(0)
  const tree = await donor.fileCopy(signal)
  entry.progress.estimate(BigInt(dataBytes(tree)))
  await destination.placeFiles(tree, stages.steps('FILE COPY'))
}

const runStages = async (job: Job): Promise<void> => {
  const { donor, destination, entry, full, signal } = job
  const stages = makeStages(job)
  await beginStages(job, stages)
  if (full) await copyFiles(job, stages)
  await stages.prepare('PAGE COPY')
  // What the page archiver refuses is an error of the stage before: this one has not begun.
  const copy = await donor.pageCopy(signal)
  entry.setLsns({ ...copy, endLsn: 0n })
  await stages.announce(copy.spaces.reduce((sum, s) => sum + s.pages.length * s.pageSize, 0))
  await destination.placePages(copy, stages.steps('PAGE COPY'))
  entry.setLsns(copy)
  await stages.prepare('REDO COPY')
  await stages.announce(0)
  await destination.placeRedo(copy.tree, stages.steps('REDO COPY'))
  await stages.prepare('FILE SYNC')
  await stages.announce(0)
  await stages.middle('FILE SYNC')
  await destination.finish()
}

/** An error of the emulator itself is not to pass for a server that behaves. */
const asSqlError = (error: unknown): SqlError =>
  error instanceof SqlError
    ? error
    : new SqlError(1815, 'HY000', `Internal error: emulator: ${String(error)}`)

/** Ends stages and row, and writes both views. */
const close = async (job: Job, error: SqlError | undefined): Promise<void> => {
  const { entry, dir } = job
  entry.progress.end(error !== undefined)
  entry.end(error)
  await writeViews(dir, entry, true)
}

/**
 * Runs the clone and says what went wrong, if anything. `persist` writes the row of the history;
 * for a clone from another server a row that cannot be written is an error of the whole.
 */
export const runClone = async (
  job: Job,
  persist: (entry: CloneEntry, full: boolean) => Promise<boolean>,
): Promise<SqlError | undefined> => {
  let error: SqlError | undefined
  try {
    await runStages(job)
  } catch (thrown) {
    error = asSqlError(thrown)
  } finally {
    await job.donor.end()
  }
  // A server that has died writes nothing any more.
  if (job.emulated.server.process === undefined) return error ?? interrupted()
  await close(job, error)
  const persisted = await persist(job.entry, job.full)
  if (!persisted && job.remote) {
    return error ?? new SqlError(3862, 'HY000', 'Clone Donor Error: persist clone history failed.')
  }
  await writeCheckpoints(job.dir, job.entry)
  return error
}
