// The story of a restore: plan, refuse what cannot be, build a stage and prove every file of it,
// bring it forward to the target, and only then let the target directory appear.

import { join } from 'node:path'
import { ClonectlError, type ErrorCode } from '../errors.ts'
import { startPrivateMysqld } from '../mysql/private-mysqld.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import { giveTo, type Owner, ownerNamed, ownerOf } from '../system/owner.ts'
import { draftRestore } from './draft.ts'
import { makeInstanceFiles } from './instance-files.ts'
import type { SealedBackup } from './layers.ts'
import { type MadeData, makeData, type MakeRequest } from './make-data.ts'
import { findResumable, openStage } from './open-stage.ts'
import { type Replayed, type ReplayRequest, replayTo } from './replay/replay.ts'
import { requireNoRefusal } from './require-no-refusal.ts'
import type { RestoreContext, RestoreOutcome, RestoreRequest, RunningInstance } from './request.ts'
import type { Selection } from './select-chain.ts'
import { settingsOf } from './settings-of.ts'
import type { Stage } from './stage.ts'
import { isRecovery } from './target.ts'

/**
 * Restores into `request.targetDir`. Throws what the plan refuses, INTEGRITY for a damaged backup
 * before any mysqld is started, PROCESS and SERVER from the replay; no target appears then.
 */
export const restore = async (
  context: RestoreContext,
  request: RestoreRequest,
): Promise<RestoreOutcome> => {
  const resumable = await findResumable(context, request)
  const ownBytes = resumable?.record.bytes
  const { plan, target, selection, key } = await draftRestore(context, request, ownBytes)
  requireNoRefusal(plan)
  for (const warning of plan.warnings) context.reporter.warn(warning)
  if (target === undefined || selection === undefined) throw new Error('a plan without a refusal')
  const tip = tipOf(selection)
  const owner = await ownerFor(request, tip)
  const settings = await settingsOf(tip)
  const { skipGtids } = request
  const opened = await openStage(context, resumable, { target, owner, plan, skipGtids })
  const { stage, resumed } = opened
  let made: MadeData
  let replayed: Replayed | undefined
  try {
    made =
      resumed ?? (await makeStage(context, request, { stage, selection, owner, settings, key }))
    replayed = await replayIfAsked(context, request, {
      ...opened,
      owner,
      settings,
      plan,
      tip,
      made,
    })
    await stage.journal.begin('publish')
    context.reporter.step('publish', { target })
    await stage.publish(target)
  } catch (error) {
    // What a dead restore left may be of no use; without it the next attempt begins at the backup.
    const isAnew = resumed !== undefined && isOfNoUse(error)
    await discardQuietly(context, stage, { keepLog: !isAnew && !context.signal.aborted })
    if (!isAnew) throw error
    context.reporter.warn(`${error.message}: everything is made anew`)
    return restore(context, request)
  }
  const instance = request.start ? await startRestored(context, target, owner, settings) : undefined
  return {
    plan,
    targetDir: target,
    files: made.files,
    bytes: made.bytes,
    replayed,
    instance,
  }
}

/** What may come of the state that a dead run left: half of what a temporary table was for, for example. */
const OF_NO_USE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['INTEGRITY', 'PROCESS', 'SERVER'])

const isOfNoUse = (error: unknown): error is ClonectlError =>
  error instanceof ClonectlError && OF_NO_USE.has(error.code)

const makeStage = async (
  context: RestoreContext,
  request: RestoreRequest,
  make: MakeRequest & { readonly stage: Stage },
): Promise<MadeData> => {
  await make.stage.journal.begin('stage')
  const chain = make.selection.lineage.map(({ manifest }) => manifest.id)
  context.reporter.step('stage', { chain: chain.join(' ==> ') })
  return makeData(context, request, make)
}

/** The failure that is being told must not be hidden by one in clearing up; the next run clears too. */
const discardQuietly = async (
  { reporter }: RestoreContext,
  stage: Stage,
  wish: { readonly keepLog: boolean },
): Promise<void> => {
  try {
    const log = await stage.discard(wish)
    reporter.info(`removed the stage ${stage.directory}`)
    if (log !== undefined) reporter.warn(`the log of the private mysqld is kept in ${log}`)
  } catch (error) {
    reporter.warn(`could not remove ${stage.directory}: ${String(error)}`)
  }
}

const tipOf = ({ lineage }: Selection): SealedBackup => {
  const tip = lineage.at(-1)
  if (tip === undefined) throw new Error('a selection without a backup')
  return tip
}

/** The backup's own files say whose they are: mysqld made them. */
const ownerFor = async (request: RestoreRequest, tip: SealedBackup): Promise<Owner> =>
  request.mysqlUser === undefined
    ? ownerOf(join(tip.paths.data, '#clone', '#view_status'))
    : ownerNamed(request.mysqlUser)

interface ReplayScene extends Pick<
  ReplayRequest,
  'stage' | 'resumed' | 'owner' | 'settings' | 'plan' | 'made'
> {
  readonly tip: SealedBackup
}

const replayIfAsked = async (
  context: RestoreContext,
  { target, binlogs: source, replay: way, skipGtids }: RestoreRequest,
  { tip, ...scene }: ReplayScene,
): Promise<Replayed | undefined> => {
  if (!isRecovery(target) || source === undefined) return undefined
  const { donor, before } = tip.manifest
  const from = { serverUuid: donor.serverUuid, takenAt: new Date(before.at) }
  return replayTo(context, { ...scene, ...from, source, target, way, skipGtids })
}

const startRestored = async (
  context: RestoreContext,
  target: string,
  owner: Owner,
  settings: ServerSettings,
): Promise<RunningInstance> => {
  const files = await makeInstanceFiles({ datadir: target, directory: target, settings, owner })
  context.reporter.step('start', { socket: files.socket })
  const server = await startPrivateMysqld({
    mysqld: await context.findTool('mysqld'),
    datadir: target,
    ...files,
    signal: context.signal,
  })
  server.release()
  await giveTo(owner, files.logFile)
  return { pid: server.pid, ...files }
}
