// Brings a proved stage forward to a target: a private mysqld on it, the binlogs run there, and a proof
// that exactly the wanted transactions arrived.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { gtidSetEquals } from '../mysql/gtid-set.ts'
import { startPrivateMysqld } from '../mysql/private-mysqld.ts'
import { openSession, type Session } from '../mysql/session.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import type { Owner } from '../system/owner.ts'
import { RELAY_LOG } from './applier-channel.ts'
import { findEventStatements } from './event-statements.ts'
import { fetchRoutes } from './fetch-routes.ts'
import { findReplay } from './find-replay.ts'
import { makeInstanceFiles } from './instance-files.ts'
import { stretchBytes } from './log-stretch.ts'
import { placeLogs } from './place-logs.ts'
import { dropReplayAccount, makeReplayAccount, type ReplayAccount } from './replay-account.ts'
import { replayByApplier } from './replay-by-applier.ts'
import { replayByClient } from './replay-by-client.ts'
import type { ReplayRange } from './replay-range.ts'
import type { BinlogSource, RestoreContext } from './request.ts'
import type { HeldState } from './same-history.ts'
import { requireSkippable, skipTransactions } from './skip-transactions.ts'
import { splitStretch } from './split-stretch.ts'
import type { Stage } from './stage.ts'
import { readRestoredState } from './start-position.ts'
import { describeTarget, type RecoveryTarget, type ReplayWay } from './target.ts'

export interface ReplayRequest {
  readonly stage: Stage
  readonly owner: Owner
  readonly settings: ServerSettings
  /** The server the backup was taken from. */
  readonly serverUuid: string
  readonly source: BinlogSource
  readonly target: RecoveryTarget
  readonly way: ReplayWay
  readonly skipGtids: string | undefined
}

/** What came of a replay. */
export interface Replayed {
  /** `@@gtid_executed`. */
  readonly gtidExecuted: string
  readonly transactions: number
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
    applier: { relayLog: join(stage.relay, RELAY_LOG), workers: availableParallelism() },
  })
  await stage.journal.begin('start')
  context.reporter.step('start', { socket: files.socket })
  await using server = await startPrivateMysqld({
    mysqld: await context.findTool('mysqld'),
    datadir: stage.data,
    ...files,
    signal: context.signal,
    onSpawn: (identity) => stage.journal.begin('mysqld', { mysqld: { ...identity } }),
  })
  const replayed = await replayOn(context, request, files.socket, account)
  await server.stop()
  return replayed
}

const replayOn = async (
  context: RestoreContext,
  request: ReplayRequest,
  socket: string,
  account: ReplayAccount,
): Promise<Replayed> => {
  const login = { socket, user: account.user, password: account.password }
  await using session = await openSession(login)
  const state = await readRestoredState(session)
  const range = await findRange(context, request, state)
  await request.stage.journal.begin('replay')
  context.reporter.step('replay', {
    transactions: range.transactions,
    from: `${state.file}:${state.position}`,
    to: describeTarget(request.target),
    by: request.way,
  })
  if (range.transactions > 0) await runReplay(context, request, { range, session, login })
  await dropReplayAccount(session, account)
  const { transactions, lastTime } = range
  return { gtidExecuted: await requireArrived(session, state, range), transactions, lastTime }
}

const findRange = async (
  context: RestoreContext,
  request: ReplayRequest,
  state: HeldState,
): Promise<ReplayRange> => {
  const { target, skipGtids } = request
  const { range, shortfall } = await findReplay(
    await fetchRoutes(context, request, state),
    target,
    state,
  )
  // A time was judged by the plan, which knows what backups saw of the donor.
  if (shortfall !== undefined && target.kind !== 'time')
    throw new ClonectlError(
      'TARGET_UNREACHABLE',
      `${describeTarget(target)} cannot be reached: ${shortfall}`,
    )
  if (skipGtids !== undefined) requireSkippable(skipGtids, range.gtids)
  return range
}

interface ReplayScene {
  readonly range: ReplayRange
  readonly session: Session
  readonly login: { readonly socket: string; readonly user: string; readonly password: string }
}

const runReplay = async (
  context: RestoreContext,
  { stage, owner, way, skipGtids }: ReplayRequest,
  { range, session, login }: ReplayScene,
): Promise<void> => {
  const { reporter, signal } = context
  const placing = reporter.progress('place', range.logs.reduce((sum, log) => sum + log.sizeBytes, 0))
  const request = { directory: stage.relay, range, owner, progress: placing, signal }
  const stretch = await placeLogs(request).finally(() => placing.end())
  if (skipGtids !== undefined) await skipTransactions(session, skipGtids)
  const singledOut = way === 'applier' ? await findEventStatements(stretch) : []
  const parts =
    way === 'applier' ? splitStretch(stretch, singledOut) : [{ by: way, stretch } as const]
  const progress = reporter.progress('replay', stretchBytes(stretch))
  try {
    for (const { by, stretch: part } of parts) {
      if (by === 'applier')
        await replayByApplier({ session, stretch: part, owner, progress, signal })
      else await replayByClient(context, { stretch: part, login, directory: stage.directory })
    }
  } finally {
    progress.end()
  }
}

/** That every program ended well says little: the set of executed transactions must be the sum. */
const requireArrived = async (
  session: Session,
  state: HeldState,
  range: ReplayRange,
): Promise<string> => {
  const text = (await session.value('SELECT @@GLOBAL.gtid_executed')) ?? ''
  const executed = text.replaceAll(/\s/g, '')
  if (range.gtids === '') return executed
  const expected = [state.gtidExecuted, range.gtids].filter((set) => set !== '').join(',')
  if (gtidSetEquals(executed, expected)) return executed
  throw new ClonectlError('INTEGRITY', 'the replay did not end where it should', {
    hint: 'the log of the private mysqld says more; the target was not made',
    details: { expected, executed },
  })
}
