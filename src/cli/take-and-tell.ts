// Takes a backup and tells what came of it: what `full` and `incr` have in common.

import { takeBackup } from '../clone/backup.ts'
import type { BackupRequest } from '../clone/request.ts'
import { cloneContextOf } from './clone-context.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { backupResult } from './output/backup-result.ts'

export const takeAndTell = async (
  context: CommandContext,
  request: BackupRequest,
): Promise<CommandResult> => {
  // Without a repository nothing has to be asked of anybody, not even a password.
  context.repositoryPath()
  await using session = await context.openSession()
  const outcome = await takeBackup(cloneContextOf(context, session), request)
  return backupResult(outcome, context.elapsedMs())
}
