// Pulls binlogs: brings the archive of a server up to what the server has now.

import {
  endHistory,
  findPullTools,
  openArchiveOf,
  beginPulling,
  type PullTools,
} from './open-pulling.ts'
import { pullPresent } from './pull-present.ts'
import { outcomeOf } from './pull-outcome.ts'
import type { PullContext, PullOutcome, PullRequest } from './pull-request.ts'
import { openPullSource, type PullSource } from './pull-source.ts'
import { writeSeen } from './seen-file.ts'

/**
 * Seals every binlog that the server has closed and keeps the open one as far as it goes. What was
 * sealed stays whatever happens; the next pull goes on behind it. Throws LOCKED while another pulls
 * from this server, PREFLIGHT for a missing privilege or log_bin, BINLOG_GAP when the server has begun
 * its binlogs anew, CONFIG, INTEGRITY, SPACE, TOOL_MISSING, PROCESS, SERVER, CANCELLED.
 */
export const pullArchive = async (
  context: PullContext,
  request: PullRequest,
): Promise<PullOutcome> => {
  const tools = await findPullTools(context, request)
  await using source = await openPullSource(request.connection)
  try {
    return await pullOnce(tools, source, null)
  } catch (error) {
    return await pullOnce(tools, source, await endHistory(tools, source, error))
  }
}

const pullOnce = async (
  tools: PullTools,
  source: PullSource,
  setAside: string | null,
): Promise<PullOutcome> => {
  await using archive = await openArchiveOf(tools, source)
  const pulling = await beginPulling(tools, source, archive)
  const seen = await source.look()
  await pullPresent(pulling)
  if (seen !== undefined) await writeSeen(archive.paths.directory, seen, archive.owner)
  return await outcomeOf(pulling, { setAside, reconnects: 0 })
}
