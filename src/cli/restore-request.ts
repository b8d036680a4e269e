// The options of `restore` in the shape that the use case wants.

import { availableParallelism } from 'node:os'
import { ClonectlError } from '../errors.ts'
import { readArchives } from '../binlog/read-archive.ts'
import type { ApplierName } from '../restore/applier.ts'
import type { BinlogSource, RestoreContext, RestoreRequest } from '../restore/request.ts'
import { isRecovery, type ReplayWay, type RestoreTarget } from '../restore/target.ts'
import type { CommandContext } from './context.ts'
import { type KeyArguments, readKeySource } from './read-key-source.ts'
import { readRecoveryTarget, readSkipGtids, type TargetArguments } from './recovery-target.ts'

export interface RestoreArguments extends TargetArguments {
  readonly targetDir: string
  readonly backup: string | undefined
  readonly start: boolean
  readonly binlogDir: string | undefined
  readonly binlogServer: boolean
  readonly replay: ReplayWay
  readonly apply: ApplierName | undefined
  readonly parallel: number | undefined
}

/** Reads the options. Throws USAGE for a target that cannot be read. */
export const readRestoreRequest = async (
  args: RestoreArguments,
  context: CommandContext,
): Promise<RestoreRequest> => {
  const target = await readTarget(args, context)
  return {
    target,
    targetDir: args.targetDir,
    binlogs: await readSource(args, context, target),
    replay: args.replay,
    skipGtids: readSkipGtids(args),
    apply: args.apply,
    start: args.start,
    parallel: args.parallel ?? availableParallelism(),
    mysqlUser: context.settings.mysqlUser,
  }
}

const readTarget = async (
  args: RestoreArguments,
  context: CommandContext,
): Promise<RestoreTarget> => {
  const { backup = 'latest', binlogDir, binlogServer } = args
  const target = readRecoveryTarget(args, context.reporter)
  const isNamed = binlogDir !== undefined || binlogServer
  if (target === undefined) return { kind: 'backup', reference: backup }
  if (target.kind !== 'end' || isNamed || (await hasArchive(context))) return target
  context.reporter.info('the repository keeps no binlogs: the newest backup is the newest state')
  return { kind: 'backup', reference: backup }
}

const hasArchive = async (context: CommandContext): Promise<boolean> =>
  (await readArchives(await context.openRepository())).length > 0

const readSource = async (
  { binlogDir, binlogServer, skipGtid }: RestoreArguments,
  context: CommandContext,
  target: RestoreTarget,
): Promise<BinlogSource | undefined> => {
  const replays = isRecovery(target)
  const given = [
    ...(binlogDir === undefined ? [] : ['--binlog-dir']),
    ...(binlogServer ? ['--binlog-server'] : []),
    ...(skipGtid === undefined ? [] : ['--skip-gtid']),
  ]
  if (given.length > 0 && !replays)
    throw new ClonectlError('USAGE', 'binlogs are replayed only up to a target', {
      hint: `give --to-time or another target as well, or leave out ${given.join(' and ')}`,
    })
  if (binlogServer) return { kind: 'server', connection: await context.connection() }
  if (binlogDir !== undefined) return { kind: 'directory', path: binlogDir }
  return replays ? { kind: 'archive' } : undefined
}

/** A command's context in the shape that restoring wants. Throws CONFIG for a key command that is none. */
export const restoreContextOf = async (
  context: CommandContext,
  args: KeyArguments,
): Promise<RestoreContext> => ({
  keySource: readKeySource(args),
  repository: await context.openRepository(),
  reporter: context.reporter,
  clock: context.clock,
  signal: context.signal,
  command: context.commandLine,
  findTool: (name) => context.findTool(name),
})
