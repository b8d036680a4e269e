// What `chain expire` does: reads the policy, plans or does it, and tells.

import { expire, previewExpiry } from '../repository/expire.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { expireResult } from './output/expire-result.ts'
import { readPolicy, type RetentionArguments } from './retention-options.ts'
import { tellUnsealed } from './unsealed-backup.ts'

export interface ExpireArguments extends RetentionArguments {
  readonly confirm: boolean
}

/** Throws USAGE, LOCKED, CANCELLED, and what reading the repository throws. */
export const expireAndTell = async (
  context: CommandContext,
  args: ExpireArguments,
): Promise<CommandResult> => {
  const { clock, reporter, signal, commandLine: command } = context
  const policy = readPolicy(args, clock.now())
  const layout = await context.openRepository()
  const outcome = args.confirm
    ? await expire({ clock, reporter, signal, command }, layout, policy)
    : await previewExpiry({ clock }, layout, policy)
  const unsealed = await Promise.all(outcome.unsealed.map((id) => tellUnsealed(layout, id)))
  return expireResult({ ...outcome, unsealed }, policy, args.confirm)
}
