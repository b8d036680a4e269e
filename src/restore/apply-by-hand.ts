// One step of a restore done by hand: prepares a full with its own deltas, applies one increment to
// it, or both. mysqld checks neither whose the increment is nor whether it was applied before, so
// the LSNs that the server left in both directories are checked here.

import { join } from 'node:path'
import { parseDeltaName } from '../codec/names.ts'
import { ClonectlError } from '../errors.ts'
import { CLONE_CHECKPOINTS } from '../mysql/clone-checkpoints.ts'
import {
  type AppliedState,
  isTainted,
  readAppliedState,
  readCheckpoints,
  writeAppliedState,
} from '../repository/applied-state.ts'
import type { Clock } from '../system/clock.ts'
import { listTree } from '../system/file-tree.ts'
import { type Owner, ownerNamed, ownerOf } from '../system/owner.ts'
import { isInside, realPathOfNearest } from '../system/real-path.ts'
import type { Applier, ApplierName } from './applier.ts'
import { type Applied, applyIncrement } from './apply-increment.ts'
import { requireFits } from './apply-order.ts'
import { findMysqld } from './choose-applier.ts'
import { readCloneLayout } from './clone-layout.ts'
import type { DecompressContext } from './decompress.ts'
import { requireGreatsql } from './greatsql-mysqld.ts'
import { requireHandMade } from './hand-made-stage.ts'
import { mysqldApplier, type ServerLayout } from './mysqld-applier.ts'
import { nativeApplier } from './native-applier.ts'
import { requireSafePath } from './safe-path.ts'
import { beginWork, clearDeadWork, type WorkDirectory } from './work-directory.ts'

export interface ByHandContext extends DecompressContext {
  readonly clock: Clock
  /** The command line for the journal. */
  readonly command: string
}

export interface ByHandRequest {
  readonly datadir: string
  /** Undefined only to prepare. */
  readonly incrementalDir: string | undefined
  /** Apply the deltas of the data directory itself first. */
  readonly prepare: boolean
  readonly by: ApplierName
  readonly parallel: number
  readonly mysqlUser: string | undefined
}

export interface AppliedStep extends Applied {
  /** `prepare` or `apply`. */
  readonly step: string
  readonly directory: string
}

export interface ByHandOutcome {
  /** Real path. */
  readonly datadir: string
  readonly by: ApplierName
  readonly steps: readonly AppliedStep[]
}

/**
 * Applies. Throws USAGE, PATH_FORBIDDEN, CHAIN_BROKEN, PREFLIGHT, TOOL_MISSING, LOCKED or INTEGRITY
 * with nothing changed; INTEGRITY, PROCESS or CANCELLED when it failed in the middle: then the data
 * directory is marked, and refused from then on.
 */
export const applyByHand = async (
  context: ByHandContext,
  request: ByHandRequest,
): Promise<ByHandOutcome> => {
  const job = await readJob(context, request)
  const work = await beginWork(job.data, job.owner, context)
  let isDone = false
  try {
    const applier = await makeApplier(context, request, job, work)
    const steps: AppliedStep[] = []
    for (const { step, directory } of job.steps) {
      context.reporter.step(step, { directory, by: applier.name })
      const applied = await runStep(context, request, job, work, applier, { step, directory })
      steps.push({ step, directory, ...applied })
    }
    await writeAppliedState(job.data, job.after, job.owner)
    isDone = true
    return { datadir: job.data, by: request.by, steps }
  } finally {
    const log = await work.end({ keepLog: !isDone })
    if (log !== undefined) context.reporter.warn(`the log of mysqld is kept in ${log}`)
  }
}

interface Job {
  readonly data: string
  readonly owner: Owner
  readonly layout: ServerLayout
  readonly mysqld: string | undefined
  readonly steps: readonly { readonly step: string; readonly directory: string }[]
  /** What is noted while the data directory is changed, and when all is done. */
  readonly during: AppliedState
  readonly after: AppliedState
}

/** Everything that can be refused is refused here. */
const readJob = async (context: ByHandContext, request: ByHandRequest): Promise<Job> => {
  const { datadir, incrementalDir, prepare } = request
  // Before anything else is said of it: a mysqld that was left over may still be at work on it.
  const real = await realPathOfNearest(datadir)
  await clearDeadWork(real)
  if (await isTainted(real)) throw tainted(real)
  const data = await requireHandMade(datadir, '--datadir')
  const increment =
    incrementalDir === undefined
      ? undefined
      : await requireHandMade(incrementalDir, '--incremental-dir')
  if (increment === undefined && !prepare) throw nothingToApply()
  requireApart(data, increment)
  const { backups } = await readAppliedState(data)
  const layout = await readCloneLayout(data)
  if (increment !== undefined) requireFits(backups, await readCheckpoints(increment), increment)
  await requirePrepared(data, prepare)
  return {
    data,
    owner: await ownerFor(request, data),
    layout,
    mysqld: request.by === 'mysqld' ? await usableMysqld(context, [data, increment]) : undefined,
    steps: [
      ...(prepare ? [{ step: 'prepare', directory: data }] : []),
      ...(increment === undefined ? [] : [{ step: 'apply', directory: increment }]),
    ],
    during: { state: 'applying', backups },
    after: {
      state: 'applied',
      backups: increment === undefined ? backups : [...backups, await readCheckpoints(increment)],
    },
  }
}

const nothingToApply = (): ClonectlError =>
  new ClonectlError('USAGE', 'nothing was named that could be applied', {
    hint: 'give --incremental-dir DIR, or --prepare for a compressed full, or both',
  })

/** With another spelling of the same directory, mysqld deletes the redo log and then finds none. */
const requireApart = (data: string, increment: string | undefined): void => {
  if (increment === undefined) return
  if (increment === data) {
    throw new ClonectlError(
      'CHAIN_BROKEN',
      `--incremental-dir is the data directory itself: ${data}`,
      {
        hint: 'a full is prepared with its own deltas by --prepare, without --incremental-dir',
      },
    )
  }
  if (!isInside(increment, data) && !isInside(data, increment)) return
  throw new ClonectlError('PATH_FORBIDDEN', `${increment} and ${data} lie in each other`, {
    hint: 'put them beside each other',
  })
}

const tainted = (data: string): ClonectlError =>
  new ClonectlError(
    'INTEGRITY',
    `an earlier apply to ${data} failed, so it is of no use any more`,
    {
      hint: 'begin again with a fresh copy of the full',
      details: { path: data },
    },
  )

/** Deltas that are left over in a full would never be applied, and their pages be missing. */
const requirePrepared = async (data: string, prepare: boolean): Promise<void> => {
  const { files } = await listTree(data)
  const holdsDeltas = files.some(({ path }) => parseDeltaName(path) !== undefined)
  if (holdsDeltas === prepare) return
  const [found, hint] = holdsDeltas
    ? ['still holds the deltas of a compressed full', 'apply those first: --prepare']
    : ['holds no deltas of its own', 'leave out --prepare; compressed ones: clonectl decompress']
  throw new ClonectlError('CHAIN_BROKEN', `${data} ${found}`, { hint, details: { path: data } })
}

const ownerFor = async ({ mysqlUser }: ByHandRequest, data: string): Promise<Owner> =>
  mysqlUser === undefined ? ownerOf(join(data, CLONE_CHECKPOINTS)) : ownerNamed(mysqlUser)

const usableMysqld = async (
  context: ByHandContext,
  paths: readonly (string | undefined)[],
): Promise<string> => {
  for (const path of paths) if (path !== undefined) requireSafePath(path)
  const mysqld = await findMysqld(context)
  await requireGreatsql(mysqld, context.signal)
  return mysqld
}

const makeApplier = async (
  { reporter, signal }: ByHandContext,
  { parallel }: ByHandRequest,
  { mysqld, owner, layout }: Job,
  { path, journal }: WorkDirectory,
): Promise<Applier> =>
  mysqld === undefined
    ? nativeApplier({ reporter, signal, owner, parallel })
    : mysqldApplier({
        mysqld,
        workDirectory: path,
        layout,
        owner,
        reporter,
        signal,
        onSpawn: (step, identity) => journal.begin(step, { mysqld: { ...identity } }),
      })

const runStep = (
  { reporter, signal }: ByHandContext,
  { parallel }: ByHandRequest,
  { data, owner, layout, during }: Job,
  work: WorkDirectory,
  applier: Applier,
  { step, directory }: { readonly step: string; readonly directory: string },
): Promise<Applied> =>
  applyIncrement(
    { reporter, signal, parallel },
    applier,
    {
      data,
      directory,
      pageBytes: Number(layout.innodb_page_size),
      owner,
      step,
      workDirectory: work.path,
    },
    // From here on the data directory is neither what it was nor what it will be.
    () => writeAppliedState(data, during, owner),
  )
