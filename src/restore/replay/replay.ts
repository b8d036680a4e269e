// Brings a proved stage forward to a target: a private mysqld on it, the binlogs run there, and a proof
// that exactly the wanted transactions arrived.

import { join } from 'node:path'
import { ClonectlError } from '../../errors.ts'
import { startPrivateMysqld } from '../../mysql/private-mysqld.ts'
import { gtidsOf } from '../../mysql/gtid-set.ts'
import { openSession, type Session } from '../../mysql/session.ts'
import type { ServerSettings } from '../../repository/server-file.ts'
import type { Owner } from '../../system/owner.ts'
import { RELAY_LOG } from './applier-channel.ts'
import { applierWorkers, bufferPoolBytes } from './applier-means.ts'
import { fetchRoutes } from './fetch-routes.ts'
import { findReplay } from './find-replay.ts'
import { makeInstanceFiles } from '../instance-files.ts'
import type { MadeData } from '../make-data.ts'
import { explainDeath } from '../mysqld-death.ts'
import { dropReplayUser, makeReplayAccount, type ReplayAccount } from './replay-account.ts'
import type { ReplayRange } from './replay-range.ts'
import type { ReplayRecord } from './replay-record.ts'
import { noteState, requireArrived, requireOnTheWay, resumeState } from './replay-state.ts'
import type { BinlogSource, RestoreContext, RestorePlan } from '../request.ts'
import { runReplay } from './run-replay.ts'
import type { HeldState } from './same-history.ts'
import { requireSkippable } from './skip-transactions.ts'
import type { Stage } from '../stage.ts'
import { describeTarget, type RecoveryTarget, type ReplayWay } from '../target.ts'

export interface ReplayRequest {
  readonly stage: Stage
  /** What an earlier run noted on the stage, when this one goes on with it. */
  readonly resumed: ReplayRecord | undefined
  readonly plan: Pick<RestorePlan, 'chain'>
  readonly made: MadeData
  readonly owner: Owner
  readonly settings: ServerSettings
  /** The server the backup was taken from, and when. */
  readonly serverUuid: string
  readonly takenAt: Date
  readonly source: BinlogSource
  readonly target: RecoveryTarget
  readonly way: ReplayWay
  readonly skipGtids: string | undefined
}

/** What came of a replay. */
export interface Replayed {
  /** `@@gtid_executed`. */
  readonly gtidExecuted: string
  /** Without those that were left out. */
  readonly transactions: number
  /** What was left out; undefined when nothing was. */
  readonly skippedGtids: string | undefined
  /** Of the last transaction; undefined when there was none. */
  readonly lastTime: Date | undefined
}

/** Replays and stops the instance cleanly. */
export const replayTo = async (
  context: RestoreContext,
  request: ReplayRequest,
): Promise<Replayed> => {
  const { stage, owner, settings } = request
  const account = await makeReplayAccount(stage.directory, owner)
  await using files = await makeInstanceFiles({
    datadir: stage.data,
    directory: stage.directory,
    settings,
    owner,
    initFile: account.initFile,
    applier: {
      relayLog: join(stage.relay, RELAY_LOG),
      workers: applierWorkers(),
      poolBytes: bufferPoolBytes(),
    },
  })
  await stage.journal.begin('start')
  context.reporter.step('start', { socket: files.socket })
  const server = await startPrivateMysqld({
    mysqld: await context.findTool('mysqld'),
    datadir: stage.data,
    ...files,
    signal: context.signal,
    onSpawn: (identity) => stage.journal.begin('mysqld', { mysqld: { ...identity } }),
  })
  const endAtOnce = (): void => void server.kill()
  context.signal.addEventListener('abort', endAtOnce, { once: true })
  try {
    const replayed = await replayOn(context, request, files.socket, account)
    // Everything that was kept in memory while it did not matter goes to the disk now.
    context.reporter.step('stop')
    await server.stop()
    return replayed
  } catch (error) {
    if (context.signal.aborted) throw cancelled()
    const { logFile } = files
    throw await explainDeath(error, { server, logFile, when: ' during the replay' })
  } finally {
    context.signal.removeEventListener('abort', endAtOnce)
    // Nothing happens when it was stopped; otherwise its data is thrown away.
    await server.kill()
  }
}

const cancelled = (): ClonectlError => new ClonectlError('CANCELLED', 'the replay was cancelled')

const replayOn = async (
  context: RestoreContext,
  request: ReplayRequest,
  socket: string,
  account: ReplayAccount,
): Promise<Replayed> => {
  const login = { socket, user: account.user, password: account.password }
  await using session = await openSession(login)
  await warnOfOtherZone(context, session, request.settings)
  const state = await stateBefore(session, request, account)
  const range = await findRange(context, request, state)
  if (request.resumed !== undefined) await requireOnTheWay(session, state, range)
  const { transactions, lastTime } = range
  await request.stage.journal.begin('replay')
  context.reporter.step('replay', {
    transactions,
    from: `${state.file}:${state.position}`,
    to: describeTarget(request.target),
    by: request.way,
  })
  if (transactions > 0) await runReplay(context, { ...request, range, session, login })
  await dropReplayUser(session, account.user)
  const { skipGtids: skippedGtids } = request
  const skipped = skippedGtids === undefined ? 0 : [...gtidsOf(skippedGtids)].length
  return {
    gtidExecuted: await requireArrived(session, state, range),
    transactions: transactions - skipped,
    skippedGtids,
    lastTime,
  }
}

/** Rows hold instants, but a statement that was logged as text means the zone of its server. */
const warnOfOtherZone = async (
  { reporter }: RestoreContext,
  session: Session,
  { variables }: ServerSettings,
): Promise<void> => {
  const { time_zone: zone, system_time_zone: donors } = variables
  const own = await session.value('SELECT @@system_time_zone')
  if (zone !== 'SYSTEM' || donors === undefined || own === null || donors === own) return
  reporter.warn(
    `the donor's system zone is ${donors}, here it is ${own}: times in statements that were logged as text are taken in the latter; set TZ to that of the donor`,
  )
}

const stateBefore = (
  session: Session,
  { stage: { directory }, resumed, plan, made, skipGtids }: ReplayRequest,
  { user }: ReplayAccount,
): Promise<HeldState> => {
  if (resumed !== undefined) return resumeState(session, directory, resumed, user)
  return noteState(session, directory, {
    chain: plan.chain,
    files: made.files,
    bytes: made.bytes,
    skipGtids: skipGtids ?? null,
    account: user,
  })
}

const findRange = async (
  context: RestoreContext,
  request: ReplayRequest,
  state: HeldState,
): Promise<ReplayRange> => {
  const { target, skipGtids } = request
  const routes = await fetchRoutes(context, request, state)
  const { range, shortfall } = await findReplay(routes, target, state)
  // A time was judged by the plan, which knows what backups saw of the donor.
  if (shortfall !== undefined && target.kind !== 'time')
    throw new ClonectlError(
      'TARGET_UNREACHABLE',
      `${describeTarget(target)} cannot be reached: ${shortfall}`,
    )
  if (skipGtids !== undefined) requireSkippable(skipGtids, range.gtids)
  return range
}
