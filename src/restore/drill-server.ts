// The server of a drill, on the directory that was restored: reachable through its socket by the drill
// alone, and killed in the end, because nothing of it is needed.

import { remove } from 'fs-extra/esm'
import { ClonectlError } from '../errors.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import { type PrivateMysqld, startPrivateMysqld } from '../mysql/private-mysqld.ts'
import { openSession } from '../mysql/session.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import type { DrillPlace } from './drill-place.ts'
import {
  type InstanceFiles,
  type InstanceFilesRequest,
  makeInstanceFiles,
} from './instance-files.ts'
import { dropReplayUser, makeReplayAccount, type ReplayAccount } from './replay/replay-account.ts'
import { explainDeath } from './mysqld-death.ts'
import type { RestoreContext } from './request.ts'

export interface DrillServerRequest {
  readonly place: DrillPlace
  readonly settings: ServerSettings
  readonly owner: Owner
  /** Stop it in good order and leave its directory fit to be started again. */
  readonly keep: boolean
  /** What it is asked right now, in words. */
  readonly busy: () => readonly string[]
}

export interface DrillServer {
  readonly login: ConnectionOptions
  readonly logFile: string
}

/**
 * Starts the server, hands it to `work`, and ends it. Throws what `work` throws, PROCESS when the server
 * does not start or dies, CANCELLED.
 */
export const withDrillServer = async (
  context: RestoreContext,
  request: DrillServerRequest,
  work: (server: DrillServer) => Promise<void>,
): Promise<void> => {
  const { place, settings, owner, keep } = request
  await giveTo(owner, place.directory)
  const account = await makeReplayAccount(place.directory, owner)
  const about = { datadir: place.data, directory: place.directory, settings, owner }
  await using files = await makeInstanceFiles({ ...about, initFile: account.initFile })
  context.reporter.step('start', { socket: files.socket })
  const server = await startPrivateMysqld({
    mysqld: await context.findTool('mysqld'),
    datadir: place.data,
    ...files,
    signal: context.signal,
    onSpawn: (identity) => place.runJournal.begin('mysqld', { mysqld: { ...identity } }),
  })
  const login = { socket: files.socket, user: account.user, password: account.password }
  const endAtOnce = (): void => void server.kill()
  context.signal.addEventListener('abort', endAtOnce, { once: true })
  try {
    if (context.signal.aborted) throw cancelled()
    await work({ login, logFile: files.logFile })
    if (keep) await leaveInOrder(server, login, account)
  } catch (error) {
    throw await explained(error, context, request, { server, files })
  } finally {
    context.signal.removeEventListener('abort', endAtOnce)
    await server.kill()
    if (keep) await leaveStartable(about, files, account)
  }
}

const cancelled = (): ClonectlError => new ClonectlError('CANCELLED', 'the drill was cancelled')

const leaveInOrder = async (
  server: PrivateMysqld,
  login: ConnectionOptions,
  account: ReplayAccount,
): Promise<void> => {
  {
    await using session = await openSession(login)
    await session.query('SET GLOBAL super_read_only = OFF, GLOBAL read_only = OFF')
    await dropReplayUser(session, account.user)
  }
  await server.stop()
}

/** An option file that names nothing of the drill's. */
const leaveStartable = async (
  about: InstanceFilesRequest,
  { logFile }: InstanceFiles,
  { initFile }: ReplayAccount,
): Promise<void> => {
  await remove(initFile)
  await using _ = await makeInstanceFiles(about)
  await giveTo(about.owner, logFile)
}

const explained = async (
  error: unknown,
  { signal }: RestoreContext,
  { busy }: DrillServerRequest,
  { server, files }: { readonly server: PrivateMysqld; readonly files: InstanceFiles },
): Promise<unknown> => {
  if (signal.aborted) return cancelled()
  const asked = busy()
  const when = asked.length === 0 ? '' : ` while it was asked for ${asked.join(', ')}`
  return explainDeath(error, { server, logFile: files.logFile, when, details: { busy: asked } })
}
