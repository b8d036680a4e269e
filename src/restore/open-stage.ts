// Opens the stage of a restore: a new one, or the one on which a killed restore of the same backup had begun to
// replay.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { remove } from 'fs-extra/esm'
import { exists } from '../system/exists.ts'
import type { Owner } from '../system/owner.ts'
import { realPathOfNearest } from '../system/real-path.ts'
import { clearDeadStage, endDeadRestore } from './dead-stage.ts'
import { readReplayRecord, REPLAY_RECORD, type ReplayRecord } from './replay/replay-record.ts'
import type { RestoreContext, RestorePlan, RestoreRequest } from './request.ts'
import { beginStage, continueStage, type Stage, stagePathsOf } from './stage.ts'
import { isRecovery } from './target.ts'

/** What a killed restore left, ready to go on. */
export interface Resumable {
  readonly record: ReplayRecord
}

/**
 * Looks at what a dead restore into this target left. Unless it can be gone on with, it is removed. Throws
 * LOCKED while the restore is alive, PATH_NOT_EMPTY for a directory that is not ours.
 */
export const findResumable = async (
  context: RestoreContext,
  { targetDir, target }: Pick<RestoreRequest, 'targetDir' | 'target'>,
): Promise<Resumable | undefined> => {
  const realTarget = await realPathOfNearest(targetDir)
  const stage = stagePathsOf(realTarget)
  const record = isRecovery(target) ? await readReplayRecord(stage.directory) : undefined
  const isWhole = record !== undefined && (await exists(stage.data))
  if (!isWhole) {
    await clearDeadStage(context, targetDir)
    return undefined
  }
  await endDeadRestore(stage, realTarget)
  return { record }
}

export interface OpenRequest {
  readonly target: string
  readonly owner: Owner
  readonly plan: RestorePlan
  readonly skipGtids: string | undefined
}

export interface OpenedStage {
  readonly stage: Stage
  /** Set when the data is there already, and perhaps brought forward some way. */
  readonly resumed: ReplayRecord | undefined
}

/** Goes on with the resumable stage when it is of the same chain, else begins a new one. */
export const openStage = async (
  context: RestoreContext,
  resumable: Resumable | undefined,
  { target, owner, plan, skipGtids }: OpenRequest,
): Promise<OpenedStage> => {
  if (resumable !== undefined && fits(resumable.record, plan, skipGtids)) {
    const stage = await continueStage(context, target)
    await removeRemains(stage)
    context.reporter.info(`going on with the replay that a dead restore had begun`)
    return { stage, resumed: resumable.record }
  }
  if (resumable !== undefined) await clearDeadStage(context, target)
  return { stage: await beginStage(context, target, owner), resumed: undefined }
}

const fits = (record: ReplayRecord, plan: RestorePlan, skipGtids: string | undefined): boolean =>
  record.chain.join() === plan.chain.join() && record.skipGtids === (skipGtids ?? null)

/** The files around the old mysqld, and binlogs of which nobody knows whether they are whole. */
const removeRemains = async ({ directory, data, journalFile }: Stage): Promise<void> => {
  const kept = [data, journalFile, join(directory, REPLAY_RECORD)]
  const entries = (await readdir(directory)).map((name) => join(directory, name))
  for (const entry of entries.filter((path) => !kept.includes(path))) await remove(entry)
}
