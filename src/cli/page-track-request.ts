// What the page-track commands have in common: a session, and the repository if there is one.

import type { TrackingRequest } from '../clone/page-tracking.ts'
import { ClonectlError, type ErrorCode } from '../errors.ts'
import type { Session } from '../mysql/session.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { CommandContext } from './context.ts'

/** How every page-track command can fail. */
export const pageTrackErrors = [
  'CONFIG',
  'REPOSITORY_UNREADABLE',
  'REPOSITORY_NEWER',
  'SERVER',
  'PREFLIGHT',
] as const satisfies readonly ErrorCode[]

/** The request; tracking may be looked after before the first backup makes the repository. */
export const trackingRequestOf = async (
  context: CommandContext,
  session: Session,
): Promise<TrackingRequest> => ({ session, layout: await repositoryIfThere(context) })

const repositoryIfThere = async (
  context: CommandContext,
): Promise<RepositoryLayout | undefined> => {
  if (context.settings.repo === undefined) return undefined
  try {
    return await context.openRepository()
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'REPOSITORY_MISSING') throw error
    context.reporter.warn(`${error.message}; so no backup is taken into account`)
    return undefined
  }
}
