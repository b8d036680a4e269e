// What `chain rebuild` does.

import { previewRebuild, rebuild } from '../repository/rebuild.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { rebuildResult } from './output/rebuild-result.ts'

/** The repository need not be one any more, so it is not opened. Throws REPOSITORY_MISSING, LOCKED. */
export const rebuildAndTell = async (
  context: CommandContext,
  confirm: boolean,
): Promise<CommandResult> => {
  const { clock, reporter, commandLine: command } = context
  const path = context.repositoryPath()
  const outcome = confirm
    ? await rebuild({ clock, reporter, command }, path)
    : await previewRebuild(path)
  return rebuildResult(outcome, confirm)
}
