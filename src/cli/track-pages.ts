// What the page-track commands do.

import {
  pageTrackingStatus,
  type PurgeRequest,
  purgeTracking,
  startTracking,
  stopTracking,
  type TrackingRequest,
} from '../clone/page-tracking.ts'
import { ClonectlError } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { pageTrackResult, type TrackingOutcome } from './output/page-track-result.ts'

const ACTIONS = {
  status: pageTrackingStatus,
  start: startTracking,
  stop: stopTracking,
} as const satisfies Record<string, (request: TrackingRequest) => Promise<TrackingOutcome>>

/** Does it, and says where tracking stands then. */
export const trackPages = async (
  context: CommandContext,
  action: keyof typeof ACTIONS,
): Promise<CommandResult> => {
  const layout = await repositoryIfThere(context)
  await using session = await context.openSession()
  return pageTrackResult(await ACTIONS[action]({ session, layout }))
}

/** Here a repository that is named must be there: it alone tells what is still needed. */
export const purgePages = async (
  context: CommandContext,
  request: Omit<PurgeRequest, keyof TrackingRequest>,
): Promise<CommandResult> => {
  const named = context.settings.repo !== undefined
  const layout = named ? await context.openRepository() : undefined
  await using session = await context.openSession()
  return pageTrackResult(await purgeTracking({ session, layout, ...request }))
}

/** Tracking may be looked after before the first backup makes the repository. */
const repositoryIfThere = async (
  context: CommandContext,
): Promise<RepositoryLayout | undefined> => {
  if (context.settings.repo === undefined) return undefined
  try {
    return await context.openRepository()
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'REPOSITORY_MISSING') throw error
    context.reporter.warn(`${error.message}, so no backup is taken into account`)
    return undefined
  }
}
