// What `restore` does: plans, or plans and restores.

import { planRestore } from '../restore/plan.ts'
import { restore } from '../restore/restore.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { planResult, restoreResult } from './output/restore-result.ts'
import type { KeyArguments } from './read-key-source.ts'
import { readRestoreRequest, type RestoreArguments, restoreContextOf } from './restore-request.ts'

export const bringBack = async (
  context: CommandContext,
  args: RestoreArguments & KeyArguments & { readonly plan: boolean },
): Promise<CommandResult> => {
  const request = await readRestoreRequest(args, context)
  const restoreContext = await restoreContextOf(context, args)
  if (args.plan) return planResult(await planRestore(restoreContext, request))
  return restoreResult(await restore(restoreContext, request), context.elapsedMs())
}
