// Takes a backup and tells what came of it: what `full` and `incr` have in common.

import { takeBackup } from '../clone/backup.ts'
import { cloneContextOf } from './clone-context.ts'
import type { Arguments, CommandResult } from './command.ts'
import type { cloneOptions } from './commands/clone-options.ts'
import type { CommandContext } from './context.ts'
import { openDonor } from './open-donor.ts'
import { backupResult } from './output/backup-result.ts'
import { pullAfterBackup } from './pull-after-backup.ts'
import { readCompression } from './read-compression.ts'
import { readKeySource } from './read-key-source.ts'

export type CloneArguments = Arguments<typeof cloneOptions>

export interface Wish {
  readonly type: 'full' | 'increment'
  readonly base: string
  readonly fallback: boolean
  readonly args: CloneArguments
}

export const takeAndTell = async (
  context: CommandContext,
  { args, ...wish }: Wish,
): Promise<CommandResult> => {
  // Without a repository nothing has to be asked of anybody, not even a password.
  context.repositoryPath()
  const request = {
    ...wish,
    pageTrack: !args.noPageTrack,
    label: args.label,
    compression: readCompression(args),
    encryption: readKeySource(args),
    engine: args.engine,
  }
  await using session = await context.openSession()
  await using remote = await openDonor(context, args)
  const outcome = await takeBackup(cloneContextOf(context, session, remote), request)
  const binlogs = await pullAfterBackup(context, args, outcome.manifest, remote)
  return backupResult(outcome, context.elapsedMs(), binlogs)
}
