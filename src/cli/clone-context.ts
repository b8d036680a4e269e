// A command's context in the shape that taking a backup wants.

import type { CloneContext, RemoteDonor } from '../clone/context.ts'
import type { Session } from '../mysql/session.ts'
import type { CommandContext } from './context.ts'

/** `session` is the one the CLONE statement runs on, `remote` whom it clones if not itself. */
export const cloneContextOf = (
  context: CommandContext,
  session: Session,
  remote: RemoteDonor | undefined,
): CloneContext => ({
  session,
  remote,
  openSession: () => context.openSession(),
  repository: context.repositoryPath(),
  reporter: context.reporter,
  clock: context.clock,
  signal: context.signal,
  command: context.commandLine,
  clonectlVersion: context.version,
  findTool: (name) => context.findTool(name),
})
