// Takes a backup and tells what came of it: what `full` and `incr` have in common.

import type { BackupRequest } from '../clone/request.ts'
import { cloneContextOf } from './clone-context.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'

export const takeAndTell = async (
  context: CommandContext,
  request: BackupRequest,
): Promise<CommandResult> => {
  context.repositoryPath()
  const { takeBackup } = await import('../clone/backup.ts')
  const { backupResult } = await import('./output/backup-result.ts')
  await using session = await context.openSession()
  const outcome = await takeBackup(cloneContextOf(context, session), request)
  return backupResult(outcome, context.elapsedMs())
}
