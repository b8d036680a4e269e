// Follows a server: its binlogs arrive as they are written and are sealed as they are closed, until it
// is told to stop. A lost server is connected to again.

import { ClonectlError } from '../errors.ts'
import { forgetPullSecret } from '../mysql/mysqlbinlog.ts'
import { binlogsIn } from './archive-files.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import { fetchBinlogs } from './fetch-binlogs.ts'
import { newRetry, type Retry } from './follow-retry.ts'
import {
  beginPulling,
  endHistory,
  findPullTools,
  openArchiveOf,
  type PullTools,
} from './open-pulling.ts'
import { outcomeOf } from './pull-outcome.ts'
import { requireRoom, wantedBinlogs, withoutDamage } from './pull-present.ts'
import type { Pulling } from './pulling.ts'
import type { PullContext, PullOutcome, PullRequest } from './pull-request.ts'
import { openPullSource, type PullSource } from './pull-source.ts'
import { emptyIncoming } from './salvage.ts'
import { newStallWatch } from './stall-watch.ts'

/** What outlives a connection. */
interface Follower {
  readonly tools: PullTools
  readonly retry: Retry
  archive: ArchiveWriter | undefined
  pulling: Pulling | undefined
  connections: number
  setAside: string | null
}

/**
 * Returns when the signal fires: that is how a follower ends well. Throws what pullArchive does, but not
 * for a server that goes away once it was connected to: that one is waited for.
 */
export const followArchive = async (
  context: PullContext,
  request: PullRequest,
): Promise<PullOutcome> => {
  const tools = await findPullTools(context, request)
  const retry = newRetry(context)
  const follower: Follower = {
    ...{ tools, retry, archive: undefined, pulling: undefined, connections: 0, setAside: null },
  }
  try {
    while (!isStopped(context)) await followConnection(follower)
    return await conclude(follower)
  } finally {
    await leaveArchive(follower)
  }
}

const isStopped = ({ signal }: PullContext): boolean => signal.aborted

/** From connecting until the connection is lost and waited for. */
const followConnection = async (follower: Follower): Promise<void> => {
  const { tools, retry } = follower
  try {
    await using source = await openPullSource(tools.request.connection)
    await takeArchive(follower, source)
    try {
      await followSource(follower, source)
    } catch (error) {
      // Once: a history that ends again and again is nothing to make room for.
      if (!isGap(error) || follower.setAside !== null) throw error
      await leaveArchive(follower)
      follower.setAside = await endHistory(tools, source, error)
      return
    }
    throw new ClonectlError('PROCESS', 'the server has ended the dump of its binlogs')
  } catch (error) {
    if (isStopped(tools.context)) return
    // The first connection shows whether what was given is right at all.
    if (follower.pulling === undefined) throw error
    await retry.wait(error)
  }
}

const isGap = (error: unknown): boolean =>
  error instanceof ClonectlError && error.code === 'BINLOG_GAP'

/** Under the same address another server may answer now: it has an archive of its own. */
const takeArchive = async (follower: Follower, source: PullSource): Promise<void> => {
  if (follower.archive?.serverUuid === source.serverUuid) return
  await leaveArchive(follower)
  follower.archive = await openArchiveOf(follower.tools, source)
}

const leaveArchive = async (follower: Follower): Promise<void> => {
  const { archive } = follower
  if (archive === undefined) return
  follower.archive = undefined
  await using _left = archive
  await emptyIncoming(archive.paths, archive.tails)
}

const followSource = async (follower: Follower, source: PullSource): Promise<void> => {
  const { tools, retry, archive } = follower
  if (archive === undefined) return
  await emptyIncoming(archive.paths, archive.tails)
  const pulling = await beginPulling(tools, source, archive)
  follower.pulling = pulling
  follower.connections += 1
  const isStalled = newStallWatch(pulling)
  const watch = async (): Promise<void> => {
    await isStalled()
    if ((await binlogsIn(archive.paths.incoming)).length === 0) return
    retry.progressed()
    await forgetPullSecret(archive.paths.incoming)
  }
  await withoutDamage(pulling, async () => {
    const wanted = await wantedBinlogs(pulling)
    const [first] = wanted
    if (first === undefined) return
    await requireRoom(pulling, wanted)
    tools.context.reporter.step('follow', { from: first.name, server: source.serverUuid })
    await fetchBinlogs(pulling, { first: first.name, extent: 'endless', watch })
  })
}

/** What arrived of the open binlog becomes its copy in tail/. */
const conclude = async ({
  archive,
  pulling,
  connections,
  setAside,
  tools,
}: Follower): Promise<PullOutcome> => {
  if (archive === undefined || pulling === undefined) throw tools.context.signal.reason
  await emptyIncoming(archive.paths, archive.tails)
  return outcomeOf(pulling, { setAside, reconnects: connections - 1 })
}
