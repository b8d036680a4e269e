// One step of bringing a data directory forward: check what is to be applied, have it applied, and
// prove what came of it.

import { remove } from 'fs-extra/esm'
import { join } from 'node:path'
import type { Owner } from '../system/owner.ts'
import type { Applier, ApplyJob } from './applier.ts'
import { expectState, readStateBefore } from './apply-state.ts'
import { checkDeltas } from './checked-deltas.ts'
import { judge, type JudgeSetup } from './judge.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import { linkWitnesses } from './witness.ts'

export interface ApplyRequest {
  /** The data directory to change; a real path. */
  readonly data: string
  /** Where the deltas are; equal to `data` to prepare a full with its own. A real path. */
  readonly directory: string
  readonly pageBytes: number
  readonly owner: Owner
  readonly step: string
  /** A directory outside of both, on the same file system as `data`. */
  readonly workDirectory: string
}

export interface Applied {
  readonly tablespaces: number
  /** Pages that were written, each proved to be there. */
  readonly pages: number
  /** Files of tables that are no more, or are called otherwise now. */
  readonly gone: readonly string[]
}

/** Told when everything is checked and the data directory is about to be changed. */
export type BeforeChange = (job: ApplyJob) => Promise<void>

/**
 * Applies. Throws INTEGRITY before anything is changed when the increment cannot be applied whole;
 * INTEGRITY or PROCESS afterwards, when what came of it is not right: `data` is of no use then.
 */
export const applyIncrement = async (
  setup: JudgeSetup,
  applier: Applier,
  request: ApplyRequest,
  beforeChange: BeforeChange = async () => undefined,
): Promise<Applied> => {
  const { data, directory, step } = request
  const isDatadir = data === directory
  const deltas = await checkDeltas({ ...request, ...setup, isDatadir })
  const job: ApplyJob = { data, directory, deltas, step }
  await beforeChange(job)
  const before = await readStateBefore(job)
  const expected = expectState(job, before)
  const witnessDirectory = join(request.workDirectory, 'witness')
  await remove(witnessDirectory)
  const witnesses = isDatadir ? await linkWitnesses(witnessDirectory, deltas) : deltas
  await applier.apply(job)
  const leftovers = await removeLeftovers(data, before, expected)
  for (const path of leftovers) setup.reporter.debug(`removed ${path}, which mysqld left`)
  const { pages } = await judge(setup, job, { before, expected, deltas: witnesses })
  await remove(witnessDirectory)
  return { tablespaces: deltas.length, pages, gone: expected.gone }
}
