// What `chain expire` does: reads the policy, plans or does it, for backups and then for the binlogs that
// only those needed, and tells.

import { expireBinlogs } from '../binlog/expire-binlogs.ts'
import { type ArchivePlan, planBinlogExpiry } from '../binlog/needed-binlogs.ts'
import { readArchives } from '../binlog/read-archive.ts'
import { isUsable } from '../chain/server-backups.ts'
import { expire, type ExpireOutcome, previewExpiry } from '../repository/expire.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
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
  let binlogs: readonly ArchivePlan[] = []
  const expireTheirs = async (outcome: ExpireOutcome): Promise<void> => {
    binlogs = await expireBinlogs({ reporter, signal }, await planBinlogs(layout, outcome))
  }
  const outcome = args.confirm
    ? await expire({ clock, reporter, signal, command }, layout, policy, expireTheirs)
    : await previewExpiry({ clock }, layout, policy)
  if (!args.confirm) binlogs = await planBinlogs(layout, outcome)
  const unsealed = await Promise.all(outcome.unsealed.map((id) => tellUnsealed(layout, id)))
  return expireResult({ ...outcome, unsealed, binlogs }, policy, args.confirm)
}

const planBinlogs = async (
  layout: RepositoryLayout,
  { plan, damaged }: ExpireOutcome,
): Promise<readonly ArchivePlan[]> =>
  planBinlogExpiry(await readArchives(layout), {
    kept: plan.kept
      .map(({ member }) => member)
      .filter(isUsable)
      .map(({ backup }) => backup),
    unreadable: damaged.map(({ id }) => id),
  })
